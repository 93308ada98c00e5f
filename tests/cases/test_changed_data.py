"""Data that change while runs last, and images that are in both splits."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from cnnviz.architectures import specify
from cnnviz.architectures.written import SizedNetwork
from cnnviz.commands.evaluate import evaluate_command
from cnnviz.commands.look import look_command
from cnnviz.commands.parser import parser
from cnnviz.runs.recording import recorded
from cnnviz.runs.results import evaluation_of
from cnnviz.training.checkpoints import CheckpointError
from cnnviz.training.datasets.base import DataError
from cnnviz.training.measurement import Steering, TrainingError
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan
from cnnviz.training.running import fitted
from cnnviz.ui.evaluate.evaluated import Evaluated
from cnnviz.ui.server.byte_cache import results
from tests.images.files import png


def images(folder, classes, count=4, first=0):
    for number, name in enumerate(classes):
        for i in range(count):
            path = folder / name / f"{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(png((first + 40 * number + 7 * i) % 256))
    return folder


def plan_of(folder, classes=2, epochs=3):
    network = fitted(specify("lenet5_full"), 32, 3, classes)
    assert isinstance(network, SizedNetwork)
    return Plan(network, str(folder), TrainingOptions(epochs=epochs, batch_size=16))


def begun(plan, folder):
    """A run that was stopped after its first measurement."""
    steering = Steering()
    for _ in recorded(plan, folder, steering, "cpu"):
        steering.stop = True
    return folder


CHANGES = {
    "renamed": (
        lambda folder: (folder / "red").rename(folder / "apple"),
        r"no longer the class 'red', newly the class 'apple'",
    ),
    "one more class": (lambda folder: images(folder, ["green"]), r"newly the class 'green'"),
    "one more image": (
        lambda folder: (folder / "red" / "9.png").write_bytes(png(200)),
        r"6 training images are now 7",
    ),
    "exchanged image": (
        lambda folder: (folder / "red" / "1.png").write_bytes(png(201)),
        r"images were exchanged",
    ),
    "exchanged classes": (
        lambda folder: [
            (folder / old).rename(folder / new)
            for old, new in (("red", "x"), ("blue", "red"), ("x", "blue"))
        ],
        r"images were exchanged",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_data_that_changed_end_a_resumed_run_in_one_sentence(change, tmp_path):
    """Ctrl-C, a change of the folder, --resume: one sentence says what has changed."""
    data = images(tmp_path / "data", ["blue", "red"])
    plan, run = plan_of(data), tmp_path / "run"
    begun(plan, run)
    alter, words = CHANGES[change]
    alter(data)
    with pytest.raises(TrainingError, match=words) as caught:
        list(recorded(plan, run, device="cpu"))
    assert str(caught.value).startswith("data has changed since the run began")
    assert "\n" not in str(caught.value)


def test_a_run_goes_on_with_the_same_data_elsewhere(tmp_path):
    """The folder was copied and other files lie beside the images: the run goes on."""
    data = images(tmp_path / "data", ["blue", "red"])
    plan, run = plan_of(data), tmp_path / "run"
    begun(plan, run)
    shutil.copytree(data, tmp_path / "copy")
    shutil.rmtree(data)
    (tmp_path / "copy").rename(data)
    (data / "red" / "notes.txt").write_text("new")
    assert list(recorded(plan, run, device="cpu"))[-1].epoch == 3


def test_a_part_of_the_training_images_is_no_change(tmp_path):
    """A run with few of the images is resumed and evaluated: nothing has changed."""
    data = images(tmp_path / "data", ["blue", "red"], count=400)
    network = fitted(specify("lenet5_full"), 32, 3, 2)
    options = TrainingOptions(epochs=2, batch_size=64, train_images=500)
    plan = Plan(network, str(data), options)
    begun(plan, tmp_path / "run")
    assert list(recorded(plan, tmp_path / "run", device="cpu"))[-1].epoch == 2
    assert evaluation_of(tmp_path / "run", "cpu").pictures == 160


def test_changed_data_are_not_tested_on(tmp_path):
    """Images were added after the training: what was trained on could be tested on."""
    data = images(tmp_path / "data", ["blue", "red"])
    list(recorded(plan_of(data, epochs=1), tmp_path / "run", device="cpu"))
    (data / "red" / "9.png").write_bytes(png(200))
    with pytest.raises(CheckpointError, match="has changed since the run began"):
        evaluation_of(tmp_path / "run", "cpu")


def test_predictions_are_not_shown_with_other_images(tmp_path):
    """Images were exchanged after the test: no image stands beside the prediction of another."""
    data = images(tmp_path / "data", ["blue", "red"])
    plan, folder = plan_of(data, epochs=1), tmp_path / "run"
    list(recorded(plan, folder, device="cpu"))
    subject = Evaluated(SimpleNamespace(plan=plan, folder=folder), evaluation_of(folder, "cpu"))
    assert len(subject.images(np.array([0, 1]))) == 2
    (data / "red" / "0.png").write_bytes(png(77))
    results.clear()
    with pytest.raises(DataError, match="has changed since the run began"):
        subject.images(np.array([0, 1]))


@pytest.fixture
def repeated(tmp_path):
    """Two of the four test images are also training images."""
    images(tmp_path / "data" / "train", ["a", "b"])
    images(tmp_path / "data" / "test", ["a", "b"], count=2, first=3)
    for name in ("a", "b"):
        shutil.copy(
            tmp_path / "data/train" / name / "2.png", tmp_path / "data/test" / name / "0.png"
        )
    return tmp_path / "data"


SENTENCE = "2 of 4 test images are also training images"


def test_look_counts_what_is_in_both_splits(repeated):
    """Somebody copies images from train to test: look says how many."""
    answer = look_command(parser("").parse_args(["look", str(repeated)]))
    assert SENTENCE in answer.text
    assert answer.content["repeated"] == 2
    assert "This is how the folder was understood:" in answer.text


def test_train_says_what_is_in_both_splits(repeated, tmp_path, capsys):
    """The same, before a network is trained."""
    from cnnviz.__main__ import main

    arguments = ["train", "lenet5_full", "--data", str(repeated), "--epochs", "1"]
    assert main([*arguments, "--folder", str(tmp_path / "run")]) == 0
    said = capsys.readouterr()
    assert "(2 test images are also training images)" in said.out
    assert "├─ 8 images to train on" in said.err


def test_evaluate_says_what_is_in_both_splits(repeated, tmp_path):
    """The same, where the accuracy stands."""
    list(recorded(plan_of(repeated, epochs=1), tmp_path / "run", device="cpu"))
    answer = evaluate_command(parser("").parse_args(["evaluate", str(tmp_path / "run")]))
    assert SENTENCE in answer.text
    assert answer.content["repeated"] == 2
