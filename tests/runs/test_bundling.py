"""A run becomes a bundled network."""

import json

import pytest
import torch
from safetensors.torch import load_file

from cnnviz.commands.parser import parser
from cnnviz.commands.train import _plan
from cnnviz.runs.bundling import bundle, command
from cnnviz.runs.folder import measurements
from cnnviz.runs.recording import recorded
from cnnviz.training.bundled import bundled
from cnnviz.training.checkpoints import BEST, read_checkpoint
from cnnviz.training.datasets import load
from cnnviz.training.evaluation.predictions import predictions


@pytest.fixture
def trained(plan, tmp_path):
    for _ in recorded(plan, tmp_path / "run", device="cpu"):
        pass
    return tmp_path / "run"


def test_weights_in_half_precision_and_a_record(trained, plan, tmp_path):
    path = bundle(trained, "digits", "A note.", folder=tmp_path / "bundled")
    kept, before = load_file(path), read_checkpoint(trained, BEST)[0]
    assert {tensor.dtype for tensor in kept.values()} == {torch.float16}
    for name, tensor in kept.items():
        assert torch.equal(tensor, before[name].half())
    (entry,) = bundled(tmp_path / "bundled")
    assert (entry.name, entry.record["note"], entry.record["paper"]) == ("digits", "A note.", None)
    test = load("digits", entry.spec.trained_on.resolution, 1, plan.options.seed).test
    right = predictions(entry.network(), test, "cpu").correct
    assert entry.record["test_pictures"] == len(right)
    assert entry.test_accuracy == pytest.approx(right.mean(), abs=1e-6)
    assert entry.evaluation.pictures == len(right)
    assert entry.evaluation.confusion.trace() == right.sum()
    assert entry.record["epochs"] == 2


def test_the_curves_are_those_of_the_run(trained, tmp_path):
    path = bundle(trained, "digits", folder=tmp_path / "bundled")
    curves = json.loads(path.with_suffix(".json").read_text())["curves"]
    told = list(measurements(trained))
    steps = {each.step: each for each in told}
    assert {point["step"] for point in curves} <= steps.keys()
    tests = [each.test_accuracy for each in told if each.test_accuracy is not None]
    shown = [point["test_accuracy"] for point in curves if "test_accuracy" in point]
    assert shown == pytest.approx(tests, rel=1e-4)


def test_the_command_makes_the_same_plan(plan):
    arguments = command(plan).removeprefix("python -m cnnviz ").split()
    assert _plan(parser("").parse_args(arguments)) == plan


def test_an_error_that_no_paper_prints_is_refused(trained, tmp_path):
    with pytest.raises(ValueError, match=r"paper must be one of none; received c10plus_error\."):
        bundle(trained, "digits", quantity="c10plus_error", folder=tmp_path / "bundled")
    assert not (tmp_path / "bundled").exists()
