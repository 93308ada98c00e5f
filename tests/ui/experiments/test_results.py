"""What an experiment has come to, in values and words."""

import pytest

from cnnviz.architectures import specify
from cnnviz.training.experiments.catalogue import experiment
from cnnviz.training.experiments.declaration import paper_value
from cnnviz.training.measurement import Measurement
from cnnviz.ui.experiments.results import ArmResult, ArmRun, Results, mean_text, values_text


def run(*steps, failed=False, per_epoch=4, error=0.5):
    curve = [
        Measurement(step, step / per_epoch, 1.0, test_accuracy=1 - error, train_accuracy=1 - error)
        for step in steps
    ]
    return ArmRun("key", 0, specify("lenet5"), curve, failed)


def results(*arms, epochs=2):
    made = tuple(ArmResult(title, tuple(runs)) for title, runs in zip("ABC", arms, strict=False))
    return Results(made, "digits, 2 epochs" if epochs else "digits, 30 s", epochs)


@pytest.mark.parametrize(
    ("made", "here"),
    [
        (results([run()], [run()]), "here: digits, 2 epochs, 1 run per network"),
        (results([run(4, 8)], [run(8)]), "here: digits, 2 epochs (8 steps), 1 run per network"),
        (
            results([run(4, 8), run(8)], [run(4), run()]),
            "here: digits, 2 epochs (ended after 4 to 8 steps), 2 runs per network",
        ),
        (
            results([run(30)], [run(50)], epochs=0),
            "here: digits, 30 s (30 to 50 steps), 1 run per network",
        ),
    ],
    ids=["nothing yet", "whole", "stopped", "by time"],
)
def test_data_budget_and_seeds_in_a_line(made, here):
    assert made.here == here


def test_a_run_that_failed_has_no_value_and_does_not_shorten():
    made = results([run(400, error=0.25)], [run(4, failed=True)], [run(400)], epochs=100)
    assert made.values("test error") == {"A": [0.25], "B": [None], "C": [0.5]}
    said = made.verdict(experiment("options"))
    assert said[0].startswith("C vs B: undecided, B has no test error")


def test_the_shortest_run_decides_whether_it_was_long_enough():
    assert "Too short" in results([run(400)], [run(4)]).verdict(experiment("options"))[0]


def test_values_have_units_and_several_a_mean():
    assert values_text([0.1234], "test error") == "12.3 %"
    assert values_text([0.1, 0.2], "test error") == "10.0, 20.0 %"
    assert values_text([-0.0001], "gap") == "0.0 points"
    assert values_text([1200, 40], "steps to 25 % training error") == "1,200, 40 steps"
    assert values_text([None, 0.2], "test error").endswith(", 20.0 %")
    assert values_text([None, None], "test error") == values_text([], "test error")
    assert mean_text([0.1, None, 0.2], "test error") == "mean 15.0 %"
    assert mean_text([0.1, None], "test error") == ""


def test_papers_values_are_read_from_the_printed_table():
    arm = next(arm for arm in experiment("orders").arms if arm.title == "full-pre-activation")
    published = paper_value(arm)
    assert (published.value, published.column) == ("6.37", "ResNet-110")
    assert "He et al. 2016b" in published.source
    assert paper_value(experiment("options").arms[0]) is None
