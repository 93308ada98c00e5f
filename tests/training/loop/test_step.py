from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnviz.training.loop import testing
from cnnviz.training.loop.averaging import Average
from cnnviz.training.loop.diagnostics import Norms, watched
from cnnviz.training.loop.optimisers import (
    load_state_tensors,
    optimiser,
    set_learning_rate,
    state_tensors,
)
from cnnviz.training.loop.step import Step, precision
from cnnviz.training.options import TrainingOptions

CPU = torch.device("cpu")


@pytest.fixture
def step(small_data, network_for):
    data = small_data(channels=3, count=16)
    network = network_for("resnet20_cifar", data).train()
    options = TrainingOptions(
        optimiser="sgd", learning_rate=0.1, weight_decay=0.0, batch_size=16, precision="float32"
    )
    made = Step(network, data, options, CPU)
    made.positions.copy_(torch.arange(16))
    return made


def test_a_step_goes_down_the_gradient_of_the_mean_loss(step):
    pixels = step._train.images.permute(0, 3, 1, 2) / 255
    pixels = (pixels - step.mean) / step.std
    loss = functional.cross_entropy(step.network(pixels), step._train.labels)
    before = [p.detach().clone() for p in step.network.parameters()]
    gradients = torch.autograd.grad(loss, list(step.network.parameters()))
    step.run()
    for now, then, gradient in zip(step.network.parameters(), before, gradients, strict=True):
        assert now.detach() == pytest.approx((then - 0.1 * gradient).numpy(), abs=2e-6)
    assert step.totals[2] == 16
    assert step.totals[0].item() == pytest.approx(16 * loss.item(), rel=1e-5)


def test_norms_are_those_of_gradient_change_and_weights_by_part(step):
    norms = Norms(step.network)
    before = norms.before()
    step.run()
    gradient, update = map(norms.by_part, norms.after(before))
    assert list(gradient) == ["stem", "stage 1", "stage 2", "stage 3", "head"]
    head = torch.cat([p.grad.flatten() for p in step.network.head.parameters()])
    weights = torch.cat([t.flatten() for t in before[-2:]])
    assert gradient["head"] == pytest.approx(head.norm().item(), rel=1e-5)
    expected = (0.1 * head.norm() / weights.norm()).item()
    assert update["head"] == pytest.approx(expected, rel=1e-3)


def test_a_channel_that_is_zero_on_all_images_is_dead(step):
    network = step.network.eval()
    norm = next(m for m in network.stem.modules() if isinstance(m, nn.BatchNorm2d))
    with torch.no_grad():
        norm.weight[:2], norm.bias[:2] = 0, -1
    with watched(network) as inside:
        network(torch.randn(4, 3, 32, 32))
    assert inside.dead_shares()["stem"] == 2 / 16
    assert not any(module._forward_hooks for module in network.modules())


def test_bfloat16_is_chosen_where_the_device_is_fast_at_it(monkeypatch):
    for fast, expected in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr("cnnviz.training.loop.step._supports_bfloat16", lambda d, f=fast: f)
        assert precision(TrainingOptions(), CPU) == expected
    assert precision(TrainingOptions(precision="bfloat16"), CPU) == torch.bfloat16


def test_a_step_in_bfloat16_is_close_to_one_in_float32(small_data, network_for):
    losses = []
    for name in ("float32", "bfloat16"):
        data = small_data(count=16)
        made = Step(
            network_for("lenet5_full", data).train(), data, TrainingOptions(precision=name), CPU
        )
        made.positions.copy_(torch.arange(16))
        made.run()
        losses.append((made.totals[0] / 16).item())
    assert losses[0] == pytest.approx(losses[1], rel=0.02)
    assert losses[0] != losses[1]


def test_a_test_is_in_float32_whatever_the_run_trains_in(small_data, network_for):
    data = small_data()
    network = network_for("lenet5_full", data)
    results = [
        testing.tested(
            Step(network, data, TrainingOptions(precision=name), CPU), network, data.test
        )
        for name in ("float32", "bfloat16")
    ]
    with torch.inference_mode():
        logits = network.eval()((data.test.images.permute(0, 3, 1, 2) / 255 - 0.3) / 0.25)
    expected = functional.cross_entropy(logits, data.test.labels).item()
    assert [each.loss for each in results] == pytest.approx([expected] * 2, rel=1e-5)


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"])
def test_an_optimiser_continues_from_a_loaded_state(name):
    options = TrainingOptions(optimiser=name, learning_rate=0.01)

    def parameters():
        weight = torch.arange(24.0).reshape(1, 2, 3, 4).to(memory_format=torch.channels_last)
        return torch.nn.ParameterDict({"weight": torch.nn.Parameter(weight)})

    def step(made, weights, number):
        weights["weight"].grad = torch.sin(number + weights["weight"].detach())
        made.step()

    first = parameters()
    whole = optimiser(first, options)
    step(whole, first, 1)
    second = parameters()
    second["weight"].data.copy_(first["weight"].data)
    resumed = optimiser(second, options)
    load_state_tensors(resumed, {k: v.contiguous() for k, v in state_tensors(whole).items()})
    for number in (2, 3):
        step(whole, first, number)
        step(resumed, second, number)
    assert torch.equal(first["weight"], second["weight"])


def test_a_learning_rate_is_that_of_the_next_step():
    weights = torch.nn.ParameterDict({"w": torch.nn.Parameter(torch.ones(1))})
    made = optimiser(weights, TrainingOptions(optimiser="sgd", weight_decay=0.0))
    set_learning_rate(made, 0.25)
    weights["w"].grad = torch.ones(1)
    made.step()
    assert weights["w"].item() == 0.75


def test_an_average_forgets_early_weights_faster(small_data, network_for):
    network = network_for("lenet5_full", small_data())
    average = Average(network, 0.99)
    parameter = next(iter(network.parameters()))
    mean = next(iter(average.network.parameters()))
    start = parameter.detach().clone()
    with torch.no_grad():
        parameter.add_(1)
    average.update(1)
    keep = 2 / 11
    assert mean.detach() == pytest.approx((start + 1 - keep).numpy(), abs=1e-6)
    average.update(10_000)
    assert mean.detach() == pytest.approx((start + 1 - keep * 0.99).numpy(), abs=1e-6)


def test_a_compiled_network_makes_the_same_step(small_data, network_for):
    data = small_data()
    options = TrainingOptions(optimiser="sgd", batch_size=16, precision="float32")
    totals = []
    for is_compiled in (False, True):
        network = network_for("lenet5_full", data)
        step = Step(network.train(), data, replace(options, compiled=is_compiled), CPU)
        step.run()
        totals.append(step.totals)
    assert torch.allclose(*totals, rtol=1e-4)


def test_without_a_compiler_a_network_is_not_compiled(small_data, network_for, monkeypatch):
    monkeypatch.setenv("PATH", "")
    data = small_data()
    with pytest.raises(ValueError, match="compiled must be off on a computer without a C"):
        Step(network_for("lenet5_full", data), data, TrainingOptions(compiled=True), CPU)
