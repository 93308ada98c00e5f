import pytest
import torch

from cnnviz.training.loop.schedules import Plateau, learning_rate
from cnnviz.training.options import TrainingOptions


def rates(schedule, shares, epoch=0, drops=0, warm_up=0.0):
    options = TrainingOptions(schedule=schedule, learning_rate=0.1, warm_up=warm_up)
    return [learning_rate(options, share, epoch, drops) for share in shares]


def torch_rates(make, steps):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule, expected_rates = make(optimiser), []
    for _ in range(steps):
        expected_rates.append(schedule.get_last_lr()[0])
        optimiser.step()
        schedule.step()
    return expected_rates


def test_cosine_and_one_cycle_are_torchs():
    kinds = torch.optim.lr_scheduler
    shares = [step / 100 for step in range(100)]
    cosine = torch_rates(lambda o: kinds.CosineAnnealingLR(o, 100), 100)
    assert rates("cosine", shares) == pytest.approx(cosine, abs=1e-9)
    # torch's has its last step at 1.
    cycle = torch_rates(
        lambda o: kinds.OneCycleLR(o, 0.1, total_steps=101, pct_start=0.3 + 0.7 / 101), 101
    )
    ours = rates("one-cycle", [step / 100 for step in range(101)])
    assert max(ours) == pytest.approx(0.1)
    assert ours[0] == pytest.approx(cycle[0])
    assert ours[-1] == pytest.approx(cycle[-1])


def test_steps_come_after_half_and_three_quarters():
    assert rates("step", [0, 0.49, 0.5, 0.74, 0.75, 0.99]) == pytest.approx(
        [0.1, 0.1, 0.01, 0.01, 0.001, 0.001]
    )


def test_googlenets_rate_falls_by_4_percent_every_8_epochs():
    falling = [rates("googlenet", [0.5], epoch)[0] for epoch in (0, 7, 8, 15, 16)]
    assert falling == pytest.approx([0.1, 0.1, 0.096, 0.096, 0.09216])


def test_a_plateau_is_three_tests_without_a_lower_loss():
    plateau = Plateau()
    for loss, drops in [(1, 0), (0.9, 0), (0.9, 0), (1, 0), (0.95, 1), (1, 1), (1, 1), (1, 2)]:
        plateau.update(loss)
        assert plateau.drops == drops
    assert rates("plateau", [0.3], drops=2) == pytest.approx([0.001])


def test_a_warm_up_rises_in_a_line_and_never_starts_at_nothing():
    rising = rates("constant", [0, 0.05, 0.1, 0.2], warm_up=0.1)
    assert rising == pytest.approx([0.001, 0.05, 0.1, 0.1])
