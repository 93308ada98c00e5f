"""A DenseNet's matrices in a run's folder and in the store, also where the run began twice."""

from itertools import takewhile

import pytest

from cnnviz.architectures.written import read
from cnnviz.runs.catching_up import catch_up
from cnnviz.runs.folder import measurements
from cnnviz.runs.recording import recorded
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan


@pytest.fixture(scope="module")
def plan():
    network = read("simple_densenet,num_classes=10,in_channels=1")
    return Plan(network, "digits", TrainingOptions(epochs=2, train_images=500))


def epochs(found):
    return [each.epoch for each in found if each.reuse]


def test_a_folder_has_each_epoch_once(plan, tmp_path):
    run = recorded(plan, tmp_path, device="cpu")
    list(takewhile(lambda each: not (each.reuse and each.epoch == 1), run))
    run.close()
    for path in tmp_path.glob("last.*"):
        path.unlink()  # as if it had been killed before its first checkpoint
    assert epochs(measurements(tmp_path)) == [0, 1]
    told = list(recorded(plan, tmp_path, device="cpu"))
    assert epochs(told) == epochs(measurements(tmp_path)) == [0, 1, 2]
    assert list(measurements(tmp_path, "reuse")) == [each for each in told if each.reuse]


def test_the_store_has_each_epoch_once(plan, tmp_path, store):
    run_id = store.create(plan, "one").id
    folder = tmp_path / "kept"
    told = list(recorded(plan, folder, device="cpu"))
    store.add_measurements(run_id, told[:3])
    assert catch_up(store, run_id, folder) == len(told) - 3
    stored = [each for _, each in store.measurements(run_id)]
    assert stored == told
    assert epochs(stored) == [0, 1, 2]
