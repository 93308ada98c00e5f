"""Lines over shares: where they are, what the axes say, and nothing that a title could break."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from cnnviz.figures.line_chart import HEIGHT, WIDTH, Line, line_chart

SHARES = [0, 0.5, 1]


def chart(*values, **options):
    lines = [Line(f"line {i}", np.array(v), "#0072B2", i > 0) for i, v in enumerate(values)]
    return line_chart(SHARES, lines, "across", "up", "a <title> & more", **options)


def points(svg):
    """Those of the lines, without the legend's."""
    lines = ElementTree.fromstring(svg).findall("{*}polyline")
    drawn = [
        [tuple(map(float, p.split(","))) for p in line.get("points").split()] for line in lines
    ]
    return [np.array(each) for each in drawn[len(drawn) // 2 :]]


def test_it_is_well_formed_and_says_what_it_shows():
    root = ElementTree.fromstring(chart([0, 1, 0.5]))
    assert root.get("aria-label") == "a <title> & more"


def test_heights_are_in_proportion():
    (line,) = points(chart([0.0, 0.25, 1.0]))
    bottom, quarter, top = line[:, 1]
    assert (bottom - quarter) / (bottom - top) == pytest.approx(0.25, abs=0.01)
    assert np.all(np.diff(line[:, 0]) > 0)


@pytest.mark.parametrize("values", [[-0.49, 0.05, -0.3], [0.0, 0.0, 0.0], [0.9, 1.0, 0.2]])
def test_every_line_is_inside(values):
    (line,) = points(chart(values, low=-0.05, high=0.05))
    assert line.min() > 0
    assert line[:, 0].max() < WIDTH
    assert line[:, 1].max() < HEIGHT


def test_a_baseline_is_dashed():
    assert chart([0, 0, 1]).count("dasharray") == 0
    assert chart([0, 0, 1], [0, 1, 1]).count("dasharray") == 2  # in the chart and in its legend
