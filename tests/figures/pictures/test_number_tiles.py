"""Tiles of numbers: what they show and what is said to those who do not see them."""

import numpy as np

from cnnviz.figures.pictures.number_tiles import Tile, number_text, number_tiles


def test_a_tensor_is_said_and_shown():
    drawn = number_tiles(
        [
            Tile(np.array([[1.0, -2.0], [0.5, 1 / 3]]), "channel <0>", "#0072B2"),
            Tile(np.array([[7.0]]), "", "#E69F00"),
        ],
        "First",
    )
    assert 'aria-label="First: channel &lt;0&gt; 1 \N{MINUS SIGN}2, 0.5 0.333; 7"' in drawn
    assert drawn.count("border-top") == 2 and "repeat(2," in drawn
    assert "<0>" not in drawn


def test_numbers_have_what_fits_a_cell():
    assert [number_text(value) for value in (-0.0001, 1234.5678, -0.25, 10500)] == [
        "0",
        "1235",
        "\N{MINUS SIGN}0.25",
        "10,500",
    ]
