from dataclasses import replace

import pytest
import torch

from cnnviz.architectures import build, specify
from cnnviz.architectures.written import SizedNetwork
from cnnviz.training import running
from cnnviz.training.bundled import bundled_network
from cnnviz.training.loop.cost import cost
from cnnviz.training.loop.memory import memory_in_use
from cnnviz.training.measurement import Measurement, TrainingError
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan, Start
from cnnviz.training.running import fitted, planned_data, planned_network, run_plan, share_done

OPTIONS = TrainingOptions(epochs=1, train_images=500, seed=3)


def plan_for(name="lenet5_full", side=32, channels=1, **settings):
    network = SizedNetwork(specify(name, num_classes=10, in_channels=channels, **settings), side)
    return Plan(network, "digits", OPTIONS)


def test_a_plan_comes_back_from_json():
    plan = plan_for(pooling="average")
    assert Plan.from_json(plan.to_json()) == plan


def test_a_plan_runs_as_its_seed_says(tmp_path):
    first = list(run_plan(plan_for(), tmp_path / "a"))
    again = list(run_plan(plan_for(), tmp_path / "b"))
    assert [each.train_loss for each in first] == [each.train_loss for each in again]
    assert first[-1].test_accuracy > 0.2
    assert [share_done(plan_for(), each) for each in first][-1] == 1


def test_a_share_by_time_is_that_of_the_seconds():
    plan = Plan(plan_for().network, "digits", TrainingOptions(epochs=0, seconds=10))
    assert share_done(plan, Measurement(step=5, epoch=0.1, seconds=2.5)) == 0.25
    assert share_done(plan, Measurement(step=5, epoch=0.1, seconds=99)) == 1


def test_the_network_gets_as_many_outputs_as_the_data_has_classes():
    plan = Plan(SizedNetwork(specify("nin_cifar", width=0.25), 32), "shapes", OPTIONS)
    data = planned_data(plan)
    network = planned_network(plan, data)
    assert network.spec.num_classes == len(data.classes) == 4
    assert (data.side, data.channels) == (32, 3)


def test_images_that_are_too_small_for_a_network_are_a_sentence():
    plan = plan_for("alexnet", side=16, channels=3)
    data = planned_data(plan)
    with pytest.raises(TrainingError, match="alexnet does not accept images of 16 px"):
        planned_network(plan, data)


def test_a_network_is_fitted_to_data():
    small = fitted(specify("resnet20_cifar"), 28, 1, 10)
    assert (small.resolution, small.spec.in_channels, small.spec.num_classes) == (32, 1, 10)
    assert fitted(specify("lenet5"), 28, 1, 10).resolution == 32
    large = fitted(specify("resnet18"), 100, 3, 5)
    assert (large.resolution, large.spec.num_classes) == (128, 5)


@pytest.mark.parametrize(("name", "side"), [("vgg16", 32), ("alexnet", 64), ("inception_v3", 96)])
def test_a_large_network_gets_the_smallest_images_that_it_takes(name, side):
    fitted_side = fitted(specify(name), 32, 3, 10).resolution
    assert fitted_side == side
    with torch.device("meta"):
        build(specify(name)).train()(torch.zeros(2, 3, side, side))


def test_a_cost_is_measured(small_data, network_for):
    data = small_data()
    network = network_for("lenet5_full", data)
    estimate = cost(network, data, TrainingOptions(batch_size=16), "cpu")
    assert estimate.params == sum(parameter.numel() for parameter in network.parameters())
    assert estimate.seconds_per_epoch > 4 * 16 / estimate.images_per_second
    assert estimate.device == "cpu"
    assert estimate.memory_bytes == pytest.approx(memory_in_use(torch.device("cpu")), rel=0.05)


def test_trained_layers_stay_where_the_rest_is_drawn_by_a_rule():
    """The recorded "from A" lost A's layers: the rule drew them again when training began."""
    options = replace(OPTIONS, initialisation="gaussian-0.1")
    layer = "stages.0.conv1"
    network = SizedNetwork(specify("vgg19", width=16, hidden_units=256, num_classes=10), 32)
    plan = Plan(network, "shapes", options, start=Start("vgg11_cifar", (layer,)))
    data = planned_data(plan)
    trained = bundled_network("vgg11_cifar").network().get_submodule(layer).weight
    drawn = planned_network(plan, data)
    assert drawn.get_submodule(layer).weight.equal(trained)
    assert float(drawn.get_submodule("stages.4.conv1").weight.detach().std()) == pytest.approx(
        0.1, rel=0.05
    )


def test_a_run_begins_with_the_planned_network(tmp_path, monkeypatch):
    plan = replace(plan_for(), options=replace(OPTIONS, initialisation="he"))
    begun = []

    def train(network, data, options, *_):
        begun.append((network, options.initialisation))
        return iter(())

    monkeypatch.setattr(running, "train", train)
    list(run_plan(plan, tmp_path))
    network, how = begun[0]
    planned = planned_network(plan, planned_data(plan))
    assert how == "network"
    for drawn, expected in zip(network.parameters(), planned.parameters(), strict=True):
        assert drawn.equal(expected)
