"""Feature reuse over a run: recorded before the first step and at every epoch's end."""

import copy
from itertools import takewhile

import pytest

from cnnviz.analysis.reuse.record import reuse_record
from cnnviz.training.loop.engine import train
from cnnviz.training.measurement import Measurement, Steering
from cnnviz.training.options import TrainingOptions

OPTIONS = TrainingOptions(epochs=3, batch_size=16)


@pytest.fixture
def data(small_data):
    return small_data(classes=2, count=32)


@pytest.fixture
def network(network_for, data):
    return network_for("simple_densenet", data)


def recorded(measurements):
    return [(each.epoch, each.reuse) for each in measurements if each.reuse]


def test_feature_reuse_is_recorded_at_the_start_and_at_each_epochs_end(network, data):
    drawn = reuse_record(copy.deepcopy(network))
    measured = list(train(network, data, OPTIONS, "cpu"))
    curve = recorded(measured)
    assert [epoch for epoch, _ in curve] == [0, 1, 2, 3]
    assert curve[0][1] == drawn
    assert curve[-1][1] == reuse_record(network)
    assert curve[0][1] != curve[1][1] != curve[2][1]
    assert [Measurement.from_json(each.to_json()) for each in measured] == measured


def test_a_resumed_run_has_the_same_curve(network, data, tmp_path):
    whole = recorded(train(copy.deepcopy(network), data, OPTIONS, "cpu"))
    steering = Steering()
    running = train(copy.deepcopy(network), data, OPTIONS, "cpu", tmp_path, steering)
    parts = list(takewhile(lambda each: each.epoch < 1, running))
    running.close()
    parts += train(copy.deepcopy(network), data, OPTIONS, "cpu", tmp_path)
    measured = dict(recorded(parts))
    assert measured == {epoch: reuse for epoch, reuse in whole if epoch in measured}
    assert {0, 2, 3} <= measured.keys()


def test_other_networks_record_nothing(network_for, data):
    network = network_for("lenet5_full", data)
    assert not recorded(train(network, data, TrainingOptions(epochs=1, batch_size=16), "cpu"))
