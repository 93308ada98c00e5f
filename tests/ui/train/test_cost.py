"""What a run will cost: counted at once, measured on demand."""

from cnnviz.architectures.written import read
from cnnviz.training.datasets import dataset
from cnnviz.training.options import TrainingOptions
from cnnviz.ui.train.controls import TrainChoice
from cnnviz.ui.train.cost import estimate_command
from cnnviz.ui.work.work import Work
from tests.apps import open_function

MEASURED = {
    "seconds_per_epoch": 2.5,
    "images_per_second": 575,
    "memory_bytes": 3e8,
    "device": "a processor",
}


def choice():
    network = read("lenet5_full,num_classes=10,in_channels=1")
    return TrainChoice(network, dataset("digits"), TrainingOptions(epochs=4))


def page():
    from cnnviz.ui.train.cost import show_cost
    from tests.ui.train.test_cost import choice

    show_cost(choice())


def metrics(app):
    return {metric.label: metric.value for metric in app.metric}


def test_the_counts_are_there_and_the_button_starts_the_measurement(works, monkeypatch):
    monkeypatch.setattr("cnnviz.ui.work.work._start_next", lambda: None)
    app = open_function(page)
    assert list(metrics(app)) == ["Parameters", "MACs per image"]
    assert not works
    app.button(key="start_cost").click().run()
    assert list(works) == [estimate_command(choice())]
    assert app.get("progress")[0].proto.text == "Waiting for other visitors' work ..."


def test_the_measured_cost_is_scaled_to_the_whole_run(works):
    words = estimate_command(choice())
    works[words] = Work(words, state="done", result=MEASURED)
    tiles = metrics(open_function(page))
    assert tiles["Time per epoch"] == "2.5 s"
    assert tiles["Whole run"] == "10 s"
