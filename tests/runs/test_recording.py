"""A DenseNet's matrices in a run's folder and in the store, also where the run began twice."""

import json
from itertools import takewhile

import pytest

from cnnviz.architectures.written import read
from cnnviz.runs.bundling import REUSE, bundle
from cnnviz.runs.catching_up import catch_up
from cnnviz.runs.folder import MEASUREMENTS, measurements, reuse_measurements
from cnnviz.runs.recording import recorded
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan


@pytest.fixture(scope="module")
def plan():
    network = read("simple_densenet,num_classes=10,in_channels=1")
    return Plan(network, "digits", TrainingOptions(epochs=2, train_images=500))


@pytest.fixture(scope="module")
def trained(plan, tmp_path_factory):
    """The folder of a run, and what was measured."""
    folder = tmp_path_factory.mktemp("run")
    return folder, list(recorded(plan, folder, device="cpu"))


def epochs(measured):
    return [each.epoch for each in measured if each.reuse]


def test_a_folder_has_each_epoch_once(plan, tmp_path):
    run = recorded(plan, tmp_path, device="cpu")
    list(takewhile(lambda each: not (each.reuse and each.epoch == 1), run))
    run.close()
    for path in tmp_path.glob("last.*"):
        path.unlink()  # as if it had been killed before its first checkpoint
    assert epochs(measurements(tmp_path)) == [0, 1]
    told = list(recorded(plan, tmp_path, device="cpu"))
    assert epochs(told) == epochs(measurements(tmp_path)) == [0, 1, 2]
    kept = [each for each in told if each.reuse]
    assert reuse_measurements(tmp_path / MEASUREMENTS, 3) == kept
    assert reuse_measurements(tmp_path / MEASUREMENTS, 2) == [kept[0], kept[-1]]
    assert reuse_measurements(tmp_path / "nothing", 3) == []
    made = bundle(tmp_path, folder=tmp_path / "bundled")
    beside = reuse_measurements(made.with_suffix(REUSE), 13)
    assert [(each.epoch, each.reuse) for each in beside] == [(m.epoch, m.reuse) for m in kept]
    record = json.loads(made.with_suffix(".json").read_text())
    assert all("train_loss" in point or "test_loss" in point for point in record["curves"])


def test_the_store_has_each_epoch_once(plan, trained, store):
    run_id = store.create(plan, "one").id
    folder, told = trained
    store.add_measurements(run_id, told[:3])
    assert catch_up(store, run_id, folder) == len(told) - 3
    stored = [each for _, each in store.measurements(run_id)]
    assert stored == told
    assert epochs(stored) == [0, 1, 2]
