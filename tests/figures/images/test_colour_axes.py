"""Bars along principal colours: their ends, and their numbers in words."""

import numpy as np

from cnnviz.figures.images.colour_axes import axis_colours, colour_axes_drawing

GREY = np.array([0.5, 0.5, 0.5])


def test_a_bar_goes_two_standard_deviations_to_each_side():
    colours = axis_colours(GREY, 0.0225, np.array([1.0, 0, 0]))  # 0.5 - 0.3 and 0.5 + 0.3
    assert (colours[0], colours[4], colours[-1]) == ("#338080", "#808080", "#cc8080")
    assert len(set(axis_colours(GREY, 0.0, np.array([1.0, 0, 0])))) == 1
    assert axis_colours(GREY, 4.0, np.array([0, 1.0, 0]))[-1] == "#80ff80"


def test_its_numbers_are_said():
    drawn = colour_axes_drawing(GREY, [0.03, 0.01], [np.array([1, 0, 0]), np.array([0, -1, 0])])
    assert "λ1 = 0.0300, 75.0% of the variance; e1 = (1.000, 0.000, 0.000)" in drawn
    assert "e2 = (0.000, \N{MINUS SIGN}1.000, 0.000)" in drawn
    assert drawn.count('role="img"') == 2
