from dataclasses import asdict

import pytest

from cnnviz.analysis.timing import ForwardTime
from cnnviz.ui.compare.times import ratios
from cnnviz.ui.work import jobs as background
from cnnviz.ui.work.jobs import Job
from tests.apps import open_function

OPTIONS = ("--batch", "1", "--seconds", "5", "--json")
COMMANDS = [("time", "vgg16", *OPTIONS), ("time", "resnet34,width=32", *OPTIONS)]
SLOW = ForwardTime("A processor", "2.14", 2, 1, 9, 0.30, 0.29, 0.32)
FAST = ForwardTime("A processor", "2.14", 2, 1, 9, 0.10, 0.09, 0.12)


@pytest.fixture(autouse=True)
def own_jobs(monkeypatch):
    monkeypatch.setattr(background, "_jobs", {})


def page():
    from cnnviz.architectures.written import read
    from cnnviz.ui.compare.times import show_forward_times

    show_forward_times([read("vgg16"), read("resnet34,width=32")])


def shown(**query):
    return open_function(page, **query)


def test_nothing_runs_before_the_button_is_pressed():
    app = shown()
    assert not app.get("html")
    assert not background._jobs


def test_the_button_measures_each_network_alone(monkeypatch):
    monkeypatch.setattr(background, "_start_next", lambda: None)
    app = shown(batch="8")
    app.button[0].click().run()
    words = [" ".join(command) for command in background._jobs]
    assert words == [
        "time vgg16 --batch 8 --seconds 5 --json",
        "time resnet34,width=32 --batch 8 --seconds 5 --json",
    ]
    assert all(job.alone for job in background._jobs.values())
    assert [info.value for info in app.info] == [
        "VGG-16 (D) waits for its turn ...",
        "ResNet-34 with width 32 waits for its turn ...",
    ]


def test_times_stand_side_by_side_with_their_spread():
    for command, time in zip(COMMANDS, (SLOW, FAST), strict=True):
        background._jobs[command] = Job(command, state="done", result=asdict(time))
    app = shown()
    html = app.get("html")[0].proto.body
    assert "300 ms (290 ms to 320 ms)" in html
    assert app.markdown[0].value == (
        "VGG-16 (D) takes 3.0 times as long as ResNet-34 with width 32."
    )
    caption = app.caption[0].value
    assert "A processor with 2 threads" in caption
    assert "weights are random" in caption


def test_what_is_measured_is_shown_while_the_rest_runs_or_has_failed():
    background._jobs[COMMANDS[0]] = Job(COMMANDS[0], state="done", result=asdict(SLOW))
    background._jobs[COMMANDS[1]] = Job(COMMANDS[1], state="running")
    app = shown()
    assert len(app.get("html")) == 1
    assert app.info[0].value == "ResNet-34 with width 32 is being measured ..."
    background._jobs[COMMANDS[1]] = Job(COMMANDS[1], state="failed", error="Too large.")
    assert shown().error[0].value == "ResNet-34 with width 32: Too large."


def test_a_difference_within_the_spread_is_said_to_be_one():
    near = ForwardTime("A processor", "2.14", 2, 1, 9, 0.11, 0.10, 0.13)
    assert ratios({"A": FAST, "B": near}) == [
        "B takes 1.1 times as long as A, but their spreads overlap."
    ]
