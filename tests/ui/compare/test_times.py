from dataclasses import asdict

from cnnviz.analysis.timing import ForwardTime
from cnnviz.ui.compare.times import ratios
from cnnviz.ui.work.work import Work
from tests.apps import open_function

OPTIONS = ("--batch", "1", "--seconds", "5", "--json")
COMMANDS = [("time", "vgg16", *OPTIONS), ("time", "resnet34,width=32", *OPTIONS)]
SLOW = ForwardTime("A processor", "2.14", 2, 1, 9, 0.30, 0.29, 0.32)
FAST = ForwardTime("A processor", "2.14", 2, 1, 9, 0.10, 0.09, 0.12)


def page():
    from cnnviz.architectures.written import read
    from cnnviz.ui.compare.times import show_forward_times

    show_forward_times([read("vgg16"), read("resnet34,width=32")])


def shown(**query):
    return open_function(page, **query)


def test_nothing_runs_before_the_button_is_pressed(works):
    app = shown()
    assert not app.get("html")
    assert not works


def test_the_button_measures_each_network_alone(works, monkeypatch):
    monkeypatch.setattr("cnnviz.ui.work.work._start_next", lambda: None)
    app = shown(batch="8")
    app.button[0].click().run()
    words = [" ".join(command) for command in works]
    assert words == [
        "time vgg16 --batch 8 --seconds 5 --json",
        "time resnet34,width=32 --batch 8 --seconds 5 --json",
    ]
    assert all(work.alone for work in works.values())
    assert [bar.proto.text for bar in app.get("progress")] == [
        "VGG-16 (D): Waiting for other visitors' work ...",
        "ResNet-34 with width 32: Waiting for other visitors' work ...",
    ]


def test_times_stand_side_by_side_with_their_spread(works):
    for command, time in zip(COMMANDS, (SLOW, FAST), strict=True):
        works[command] = Work(command, state="done", result=asdict(time))
    app = shown()
    html = app.get("html")[0].proto.body
    assert "300 ms (290 ms to 320 ms)" in html
    assert app.markdown[0].value == (
        "VGG-16 (D) takes 3.0 times as long as ResNet-34 with width 32."
    )
    caption = app.caption[0].value
    assert "A processor with 2 threads" in caption
    assert "weights are random" in caption


def test_what_is_measured_is_shown_while_the_rest_runs_or_has_failed(works):
    works[COMMANDS[0]] = Work(COMMANDS[0], state="done", result=asdict(SLOW))
    works[COMMANDS[1]] = Work(COMMANDS[1], state="running")
    app = shown()
    assert len(app.get("html")) == 1
    (bar,) = app.get("progress")
    assert bar.proto.text.startswith("ResNet-34 with width 32: At work for ")
    works[COMMANDS[1]] = Work(COMMANDS[1], state="failed", error="Too large.")
    assert shown().error[0].value == "ResNet-34 with width 32: Too large."


def test_a_difference_within_the_spread_is_said_to_be_one():
    near = ForwardTime("A processor", "2.14", 2, 1, 9, 0.11, 0.10, 0.13)
    assert ratios({"A": FAST, "B": near}) == [
        "B takes 1.1 times as long as A, but their spreads overlap."
    ]
