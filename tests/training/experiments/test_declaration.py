import pytest
import torch

from cnnviz.architectures.results import result_tables
from cnnviz.training.experiments import verdict as comparison
from cnnviz.training.experiments.catalogue import EXPERIMENTS, experiment
from cnnviz.training.experiments.declaration import plans
from cnnviz.training.loop.state import Training
from cnnviz.training.loop.step import Step
from cnnviz.training.measurement import Measurement
from cnnviz.training.plan import Plan
from cnnviz.training.running import planned_network

NAMES = [each.name for each in EXPERIMENTS]
BUDGET = {"epochs": "1", "seconds": "0", "batch_size": "8", "seed": "3"}


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", NAMES)
def test_arms_share_order_augmentation_and_weights(name, small_data, monkeypatch):
    declared, seen = experiment(name), []
    monkeypatch.setattr(Step, "run", lambda step: seen.append(drawn(step)))
    first, orders = {}, []
    for arm, plan in zip(declared.arms, plans(declared, "digits", BUDGET), strict=True):
        assert Plan.from_json(plan.to_json()) == plan
        torch.manual_seed(len(orders))  # whatever was drawn before
        channels = plan.network.spec.in_channels
        suited = small_data(channels=channels, classes=10, side=32, count=16)
        network = planned_network(plan, suited)
        state = {k: v.clone() for k, v in network.state_dict().items()}
        if declared.shares_weights:
            twin = first.setdefault(arm.group, state)
            for key, tensor in state.items():
                if key in twin and twin[key].shape == tensor.shape:
                    assert torch.equal(tensor, twin[key]), (arm.title, key)
        training = Training(network, suited, plan.options, torch.device("cpu"))
        seen.clear()
        training.advance()
        torch.rand(len(orders) + 1)  # as dropout does
        training.advance()
        orders.append(list(seen))
    assert len(orders[0]) == 2
    assert all(order == orders[0] for order in orders)


def drawn(step):
    return step.positions.tolist(), torch.rand(3, generator=step.rng).tolist()


@pytest.mark.parametrize("name", NAMES)
def test_experiments_name_arms_quantities_and_tables_that_exist(name):
    declared = experiment(name)
    titles = [arm.title for arm in declared.arms]
    assert len(set(titles)) == len(titles) >= 2
    assert declared.quantity in comparison.QUANTITIES
    assert {title for pair in declared.better for title in pair} <= set(titles)
    for arm in declared.arms:
        if arm.paper:
            assert result_tables()[arm.paper.table].rows[arm.paper.row - 1][arm.paper.column]


def test_quantities_are_those_of_the_curve():
    curve = [
        Measurement(1, 0.5, 1.0, train_accuracy=0.5),
        Measurement(2, 1.0, 2.0, train_accuracy=0.7),
        Measurement(3, 1.5, 3.0, train_accuracy=0.75),
        Measurement(4, 2.0, 4.0, train_accuracy=0.85),
        Measurement(4, 2.0, 4.0, test_accuracy=0.6),
    ]
    assert comparison.train_error(curve) == pytest.approx(0.2)
    assert comparison.gap(curve) == pytest.approx(0.2)
    assert comparison.steps_to_quarter(curve) == 3
    assert comparison.test_error([]) is None


def test_a_verdict_comes_from_what_was_measured():
    declared = experiment("survival")
    values = {"all blocks": [0.3], "p = 0.5": [0.2]}
    assert comparison.verdict(declared, values, 2)[0].startswith("Too short to support the claim")
    assert "as claimed" in comparison.verdict(declared, values, 100)[0]
    values["p = 0.5"] = [0.4]
    assert "contrary to the claim" in comparison.verdict(declared, values, 100)[0]
    values = {"all blocks": [0.3, 0.4], "p = 0.5": [0.2, 0.35]}
    assert "overlap" in comparison.verdict(declared, values, 100)[0]
    assert "has no test error" in comparison.verdict(declared, {"all blocks": [0.1]}, 100)[0]
