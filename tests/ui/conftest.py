"""What the tests of runs on screen share: plans, runs and measurements that nobody trained."""

from collections import deque

import pytest

from cnnviz.architectures.written import read
from cnnviz.runs.run import Run
from cnnviz.training.measurement import Measurement
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.ui.work import work


@pytest.fixture
def plan():
    """LeNet on digits."""
    network = read("lenet5_full,num_classes=10,in_channels=1")
    return Plan(network, "digits", TrainingOptions(epochs=20))


@pytest.fixture
def make_run(plan):
    """Makes a run that is halfway through, with whatever is different."""

    def made(run_id="k3f9x2", **changes) -> Run:
        known = {
            "id": run_id,
            "owner": "somebody",
            "plan": plan,
            "state": "running",
            "message": "",
            "device": "cpu",
            "created": 1.0,
            "started": 2.0,
            "ended": None,
            "step": 240,
            "epoch": 10.0,
            "share": 0.5,
            "seconds": 6.0,
            "test_accuracy": 0.9,
            "learning_rate_scale": 1.0,
        }
        return Run(**(known | changes))

    return made


@pytest.fixture
def measured():
    """Makes a measurement of a step."""

    def made(step: int, **values) -> Measurement:
        return Measurement(step, step / 10, step / 100, **values)

    return made


@pytest.fixture
def works(monkeypatch):
    """Slow work by its key, without that of other tests."""
    monkeypatch.setattr(work, "_works", {})
    monkeypatch.setattr(work, "_queue", deque())
    return work._works
