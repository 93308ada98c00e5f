"""Runs in words: names, settings, states and durations."""

from dataclasses import replace

import pytest

from cnnviz.architectures.written import read
from cnnviz.training.options import TrainingOptions
from cnnviz.ui.runs.readings import Reading
from cnnviz.ui.runs.words import (
    ago_text,
    budget_text,
    data_title,
    duration_text,
    progress_text,
    run_label,
    seconds_left,
    settings_text,
)


def reading(run, place=None):
    return Reading(run, (), 0, place)


def test_a_label_names_network_data_and_run(make_run):
    assert run_label(make_run()) == "LeNet-5 (all connections) on digits · k3f9x"


def test_a_file_is_named_without_its_folders(make_run, plan):
    run = make_run(plan=replace(plan, data="/somewhere/flowers.zip"))
    assert data_title(run.plan) == "flowers.zip"


def test_settings_are_what_differs(make_run, plan):
    assert settings_text(make_run()) == "epochs 20"
    network = read("resnet20_cifar,width=32,num_classes=10")
    changed = replace(plan, network=network, options=TrainingOptions(learning_rate=0.05))
    assert settings_text(make_run(plan=changed)) == "width 32, learning rate 0.05"
    assert settings_text(make_run(plan=replace(plan, options=TrainingOptions()))) == "defaults"


def test_a_budget_has_its_unit(make_run, plan):
    assert budget_text(make_run().plan) == "20 epochs"
    once = replace(plan, options=TrainingOptions(epochs=1))
    assert budget_text(once) == "1 epoch"
    timed = replace(plan, options=TrainingOptions(epochs=0, seconds=90))
    assert budget_text(timed) == "1 min 30 s"


def test_half_of_the_way_takes_as_long_again(make_run):
    assert seconds_left(make_run()) == 6.0
    assert seconds_left(make_run(share=0.0)) is None
    assert progress_text(reading(make_run())) == "About 6 s left."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "queued"}, "number 2 in the queue"),
        ({"state": "running", "step": 0}, "being loaded"),
        ({"state": "paused"}, "Paused"),
        ({"state": "finished"}, "Finished after 10 epochs and 6 s of training."),
        ({"state": "stopped"}, "Stopped after 10 epochs"),
        ({"state": "failed", "message": "The loss is nan."}, "training. The loss is nan."),
        ({"state": "interrupted", "message": "Its process has ended."}, "Interrupted after"),
    ],
    ids=lambda value: value.get("state") if isinstance(value, dict) else "words",
)
def test_each_state_is_a_sentence(make_run, changes, words):
    said = progress_text(reading(make_run(**changes), place=2))
    assert words in said
    assert said.endswith((".", "..."))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_durations(seconds, words):
    assert duration_text(seconds) == words


def test_ago(monkeypatch):
    monkeypatch.setattr("cnnviz.ui.runs.words.time.time", lambda: 100_000.0)
    assert ago_text(99_990) == "just now"
    assert ago_text(99_000) == "16 min ago"
    assert ago_text(90_000) == "2 h ago"
    assert ago_text(0) == "1 d ago"
