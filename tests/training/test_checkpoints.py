import json

import pytest
import torch

from cnnviz.training.checkpoints import (
    CheckpointError,
    has_checkpoint,
    read_checkpoint,
    resumed_step,
    trained_network,
    trained_spec,
    write_checkpoint,
)
from cnnviz.training.loop.engine import train
from cnnviz.training.options import TrainingOptions


def test_tensors_and_facts_come_back(tmp_path):
    tensors = {"a": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last)}
    write_checkpoint(tmp_path, "last", tensors, {"step": 3})
    kept, facts = read_checkpoint(tmp_path, "last")
    assert torch.equal(kept["a"], tensors["a"])
    assert facts == {"step": 3} == json.loads((tmp_path / "last.json").read_text())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["last.json", "last.safetensors"]


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    write_checkpoint(tmp_path, "last", {"a": torch.ones(1)}, {"step": 1})

    def full(*arguments, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cnnviz.training.checkpoints.save_file", full)
    with pytest.raises(OSError, match="No space left"):
        write_checkpoint(tmp_path, "last", {"a": torch.zeros(1)}, {"step": 2})
    kept, facts = read_checkpoint(tmp_path, "last")
    assert (kept["a"].item(), facts["step"]) == (1, 1)
    assert len(list(tmp_path.iterdir())) == 2


def test_missing_and_damaged_checkpoints_are_sentences(tmp_path):
    assert not has_checkpoint(tmp_path, "last")
    assert resumed_step(tmp_path) == 0
    with pytest.raises(CheckpointError, match=r"no checkpoint in .*; train the run first"):
        trained_network(tmp_path)
    (tmp_path / "best.safetensors").write_bytes(b"not a checkpoint at all")
    with pytest.raises(CheckpointError, match=r"damaged .*; remove it\."):
        trained_spec(tmp_path)


@pytest.fixture
def closed_run(small_data, network_for, tmp_path, monkeypatch):
    """A folder with a run that was closed before its first test."""
    monkeypatch.setattr("cnnviz.training.loop.engine.FLUSH", -1)  # every step is told at once
    data = small_data(channels=3)
    network = network_for("resnet20_cifar", data, shortcut="none")
    run = train(network, data, TrainingOptions(batch_size=16), folder=tmp_path)
    next(run)
    run.close()
    return tmp_path, network


def test_without_a_best_one_the_last_weights_are_used(closed_run):
    folder, trained = closed_run
    assert resumed_step(folder) == 1
    network = trained_network(folder)
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
    for ours, theirs in zip(network.parameters(), trained.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_the_hyperparameters_travel_with_the_weights(closed_run):
    folder, trained = closed_run
    spec = trained_spec(folder)
    assert spec.config == trained.spec.config
    assert spec.num_classes == 4
    assert spec.trained_on.title == "bars (drawn by the test)"
    assert spec.trained_on.mean == pytest.approx((0.3, 0.3, 0.3))


def test_weights_of_another_network_are_refused(closed_run):
    folder, _ = closed_run
    _, facts = read_checkpoint(folder, "last")
    write_checkpoint(folder, "best", {"stem.weight": torch.ones(1)}, facts)
    with pytest.raises(CheckpointError, match="does not fit its network"):
        trained_network(folder)
