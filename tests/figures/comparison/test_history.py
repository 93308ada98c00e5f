"""Errors by year, and against cost."""

import pandas as pd

from cnnviz.figures.comparison import history


def test_error_against_cost_has_every_point_with_its_source():
    points = pd.DataFrame(
        {
            "variant": ["a", "b"],
            "title": ["A", "B"],
            "family": ["First", "Second"],
            "error": [7.3, 3.6],
            "source": ["Table 1", "Table 2"],
            "params": [1e6, 5e7],
        }
    )
    figure = history.error_against_cost(points, "params", "Parameters", "top-5 error")
    assert [(trace.x[0], trace.y[0]) for trace in figure.data] == [(1e6, 7.3), (5e7, 3.6)]
    assert [list(trace.customdata[0]) for trace in figure.data] == [
        ["a", "A", "Table 1"],
        ["b", "B", "Table 2"],
    ]
    assert figure.layout.xaxis.type == "log"


def test_families_keep_apart_beyond_the_colours():
    points = pd.DataFrame(
        {
            "variant": list("abcdefghij"),
            "title": list("abcdefghij"),
            "family": list("abcdefghij"),
            "error": range(10),
            "source": "s",
            "params": range(1, 11),
        }
    )
    figure = history.error_against_cost(points, "params", "", "")
    assert len({(t.marker.color, t.marker.symbol) for t in figure.data}) == 10


def test_winners_are_labelled():
    figure = history.winners([2012, 2015], [16.4, 3.57], ["AlexNet", "ResNet"])
    assert list(figure.data[0].text) == ["AlexNet<br>16.4 %", "ResNet<br>3.57 %"]
