"""The epochs that a page finds: beside the weights too, at most so many, always the newest."""

import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.torch import save_file

from cnnviz.analysis.reuse.matrices import feature_reuse
from cnnviz.analysis.reuse.record import reuse_record
from cnnviz.architectures import specify
from cnnviz.runs.bundling import REUSE
from cnnviz.training.measurement import Measurement
from cnnviz.ui.feature_reuse import epochs as reuse_epochs
from cnnviz.ui.feature_reuse.epochs import Epoch, recorded_epochs
from cnnviz.ui.photo.weighted import WeightedNetwork
from cnnviz.weights.loading import random_network
from cnnviz.weights.sources import WeightsSource

SPEC = specify("simple_densenet")


@pytest.fixture
def trained(tmp_path):
    """Weights in a file, as those of the box are."""
    path = tmp_path / "name.safetensors"
    save_file(random_network(SPEC, 9).state_dict(), path)
    return WeightedNetwork("name", SPEC, WeightsSource("file", "", path, None, 1, 1))


@pytest.fixture
def tell(trained):
    """Writes epochs beside the weights."""
    file = trained.weights.path.with_suffix(REUSE)

    def told(count):
        with file.open("w") as lines:
            for n in range(count):
                record = reuse_record(random_network(SPEC, n))
                lines.write(json.dumps(Measurement(n, n / 2, 0.0, reuse=record).to_json()) + "\n")

    return told


def test_epochs_lie_beside_the_weights(trained, tell):
    assert recorded_epochs(trained, "l1") == []
    tell(2)
    epochs = recorded_epochs(trained, "l1")
    assert [each.number for each in epochs] == [0, 0.5]
    expected = feature_reuse(random_network(SPEC, 1), "l1")
    for block, other in zip(epochs[1].blocks, expected, strict=True):
        np.testing.assert_allclose(block.matrix, other.matrix, rtol=6e-4)
    tell(3)
    assert len(recorded_epochs(trained, "l1")) == 3


def test_a_long_run_is_thinned_evenly(trained, tell, monkeypatch):
    monkeypatch.setattr(reuse_epochs, "MAX_EPOCHS", 3)
    tell(5)
    assert [each.number for each in recorded_epochs(trained, "max")] == [0, 1, 2]


def test_random_weights_have_none(trained):
    rng = replace(trained, weights=WeightsSource("random", "", None, None))
    assert recorded_epochs(rng, "mean") == []


@pytest.mark.parametrize(
    ("number", "title"), [(0.0, "epoch 0"), (2.1249, "epoch 2.12"), (300.0, "epoch 300")]
)
def test_epochs_are_titled(number, title):
    assert Epoch(number, ()).title == title


@pytest.mark.parametrize(
    ("asked", "place"), [("", 0), ("2", 2), ("1.4", 1), ("900", 3), ("nan", 0), ("x", 0)]
)
def test_the_address_names_the_nearest_epoch(asked, place, monkeypatch):
    monkeypatch.setattr(reuse_epochs.st, "query_params", {"epoch": asked})
    assert reuse_epochs._requested_position([Epoch(float(n), ()) for n in range(4)]) == place
