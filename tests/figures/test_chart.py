"""Axes and lines of small charts: where a value stands, and what is drawn there."""

from xml.etree import ElementTree

import pytest

from cnnviz.figures.chart import Axis, axes, polyline

X = Axis(0, 10, 100, 200, [(0, "0"), (10, "ten <b>")])
Y = Axis(-1, 1, 80, 20, [(-1, "low"), (0, "zero"), (1, "high")])


def test_a_value_stands_in_proportion():
    assert [X(value) for value in (0, 2.5, 10)] == [100, 125, 200]
    assert [Y(value) for value in (-1, 0, 1)] == [80, 50, 20]


def test_equal_ratios_are_equal_distances_on_a_logarithmic_axis():
    axis = Axis(0, 1000, 0, 300, [], is_logarithmic=True)
    assert [axis(value) for value in (0, 1, 10, 100, 1000)] == pytest.approx([0, 0, 100, 200, 300])


def test_each_tick_has_its_words_and_a_line_at_its_height():
    drawn = ElementTree.fromstring(f"<svg>{axes(X, Y, 'across')}</svg>")
    said = {text.text: text for text in drawn.findall("text")}
    assert list(said) == ["low", "zero", "high", "0", "ten <b>", "across"]
    assert float(said["ten <b>"].get("x")) == 200
    lines = {line.get("d"): float(line.get("stroke-opacity")) for line in drawn.findall("path")}
    assert list(lines) == ["M100,80.0H200", "M100,50.0H200", "M100,20.0H200"]
    assert lines["M100,50.0H200"] > lines["M100,20.0H200"], "0 is stronger"


def test_a_line_goes_through_its_points():
    plain, dashed = (polyline([(1, 2), (3.25, 4)], "#0072B2", dashes) for dashes in ("", "7 5"))
    assert ElementTree.fromstring(plain).get("points") == "1.0,2.0 3.2,4.0"
    assert ElementTree.fromstring(plain).get("stroke-dasharray") is None
    assert ElementTree.fromstring(dashed).get("stroke-dasharray") == "7 5"
