"""The reliability diagram: a bar and a point for each bin that has images, else nothing."""

import numpy as np

from cnnviz.figures.training.reliability import counts_diagram, reliability_diagram

EDGES = np.linspace(0, 1, 5)
COUNTS = np.array([0, 3, 0, 7])
CONFIDENCE = np.array([np.nan, 0.4, np.nan, 0.95])
ACCURACY = np.array([np.nan, 1 / 3, np.nan, 1.0])


def test_bars_are_accuracies_and_points_are_confidences():
    bars, points = reliability_diagram(EDGES, CONFIDENCE, ACCURACY).data
    assert (bars.type, points.type) == ("bar", "scatter")
    np.testing.assert_array_equal(bars.y, ACCURACY)
    np.testing.assert_array_equal(points.y, CONFIDENCE)
    assert bars.marker.color != points.marker.color


def test_each_bin_says_from_where_to_where():
    figure = reliability_diagram(EDGES, CONFIDENCE, ACCURACY)
    names = [name.replace("\N{EN DASH}", " to ") for name in figure.data[0].x]
    assert names == ["0 to 25", "25 to 50", "50 to 75", "75 to 100"]
    assert figure.layout.yaxis.range == (0, 1)


def test_counts_are_those_of_the_bins():
    assert list(counts_diagram(EDGES, COUNTS).data[0].y) == [0, 3, 0, 7]
