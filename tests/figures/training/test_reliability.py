"""The reliability diagram: a bar and a point for each bin that has pictures, else nothing."""

import json

import numpy as np

from cnnviz.figures.training.reliability import counts_option, reliability_option

EDGES = np.linspace(0, 1, 5)
COUNTS = np.array([0, 3, 0, 7])
CONFIDENCE = np.array([np.nan, 0.4, np.nan, 0.95])
ACCURACY = np.array([np.nan, 1 / 3, np.nan, 1.0])


def test_bars_are_accuracies_and_points_are_confidences():
    bars, points = reliability_option(EDGES, COUNTS, CONFIDENCE, ACCURACY)["series"]
    assert (bars["type"], points["type"]) == ("bar", "line")
    assert bars["data"] == [None, 33.33, None, 100.0]
    assert points["data"] == [None, 40.0, None, 95.0]
    assert bars["itemStyle"]["color"] != points["color"]


def test_each_bin_says_from_where_to_where():
    option = reliability_option(EDGES, COUNTS, CONFIDENCE, ACCURACY)
    names = [name.replace("\N{EN DASH}", " to ") for name in option["xAxis"]["data"]]
    assert names == ["0 to 25", "25 to 50", "50 to 75", "75 to 100"]
    assert (option["yAxis"]["min"], option["yAxis"]["max"]) == (0, 100)


def test_counts_are_those_of_the_bins():
    assert counts_option(EDGES, COUNTS)["series"][0]["data"] == [0, 3, 0, 7]


def test_both_are_json_without_nan():
    for option in (
        reliability_option(EDGES, COUNTS, CONFIDENCE, ACCURACY),
        counts_option(EDGES, COUNTS),
    ):
        json.dumps(option, allow_nan=False)
