"""Curves over depth, and errors over cost, of networks side by side."""

from xml.etree import ElementTree

import pandas as pd
import pytest

from cnnviz.figures.comparison import curves as comparison_curves
from tests.figures.comparison.tables import COLOURS, CURVES

SVG = "{http://www.w3.org/2000/svg}"


def polylines(svg):
    return [
        (
            line.get("stroke"),
            line.get("stroke-dasharray"),
            [tuple(map(float, point.split(","))) for point in line.get("points").split()],
        )
        for line in ElementTree.fromstring(svg).findall(f"{SVG}polyline")
    ]


def test_a_curve_rises_from_the_axis_and_differs_without_colour_too():
    first, second = polylines(comparison_curves.curve(CURVES, "params", COLOURS, "Parameters"))
    assert (first[0], second[0]) == COLOURS
    assert first[1] != second[1]
    assert [len(first[2]), len(second[2])] == [3, 2]
    assert first[2][0] == second[2][0], "both start with nothing"
    assert first[2][-1][1] == second[2][-1][1], "both end at 400"
    assert first[2][-1][0] > second[2][-1][0], "one is deeper"


def test_a_line_ends_where_values_are_missing_on_the_same_axis():
    fields = polylines(comparison_curves.curve(CURVES, "receptive_field", COLOURS, "Fields"))
    params = polylines(comparison_curves.curve(CURVES, "params", COLOURS, "Parameters"))
    assert [x for x, _ in fields[0][2]] == [x for x, _ in params[0][2]][:2]


def test_much_deeper_networks_have_a_logarithmic_axis_and_few_points():
    depths = list(range(1203))
    deep = pd.DataFrame({"network": 1, "depth": depths, "params": depths})
    svg = comparison_curves.curve(
        pd.concat([CURVES[CURVES["network"] == 0], deep]), "params", COLOURS, ""
    )
    _, (_, _, points) = polylines(svg)
    assert len(points) < 500
    assert points[-1][0] == comparison_curves.WIDTH - comparison_curves.RIGHT
    words = [text.text for text in ElementTree.fromstring(svg).findall(f"{SVG}text")]
    assert {"1", "10", "100", "1000"} <= set(words)


def test_errors_over_cost():
    points = pd.DataFrame({"colour": COLOURS, "error": [30.0, 15.0], "params": [1e6, 3e6]})
    svg = comparison_curves.error_over_cost(points, "params", "Parameters", "top-1 error")
    low, high = ElementTree.fromstring(svg).findall(f"{SVG}circle")
    assert (low.get("fill"), high.get("fill")) == COLOURS
    assert float(low.get("cx")) < float(high.get("cx"))
    assert float(low.get("cy")) < float(high.get("cy"))
    words = [text.text for text in ElementTree.fromstring(svg).findall(f"{SVG}text")]
    assert {"0 %", "30 %", "3 M", "Parameters"} <= set(words)


@pytest.mark.parametrize(
    ("value", "top"), [(138.4e6, 150e6), (899, 1000), (27, 30), (1, 1), (0, 1e-9)]
)
def test_axes_end_at_round_numbers(value, top):
    assert comparison_curves.nice(value) == pytest.approx(top)
