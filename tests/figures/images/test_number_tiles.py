"""Tiles of numbers: what they show and what is said to those who do not see them."""

import re

import numpy as np

from cnnviz.figures.images.number_tiles import (
    Factor,
    Tile,
    factor_strip,
    gate_table,
    kernel_drawing,
    number_text,
    number_tiles,
)
from tests.figures.markup import elements, words


def test_a_tensor_is_said_and_shown():
    drawn = number_tiles(
        [
            Tile(np.array([[1.0, -2.0], [0.5, 1 / 3]]), "channel <0>", "#0072B2"),
            Tile(np.array([[7.0]]), "", "#E69F00"),
        ],
        "First",
    )
    assert 'aria-label="First: channel &lt;0&gt; 1 \N{MINUS SIGN}2, 0.5 0.333; 7"' in drawn
    assert [grid["columns"] for grid in elements(drawn, "topped")] == ["2", "1"]
    assert "<0>" not in drawn


def test_numbers_have_what_fits_a_cell():
    assert [number_text(value) for value in (-0.0001, 1234.5678, -0.25, 10500)] == [
        "0",
        "1235",
        "\N{MINUS SIGN}0.25",
        "10,500",
    ]


def test_a_caption_stands_below_all_tiles():
    tile = Tile(np.array([[1.0]]), "red", "#D55E00")
    assert words(number_tiles([tile], "Crop", "draw <1>")) == ["1", "red", "draw", "&lt;1&gt;"]


def test_a_kernel_is_printed_number_by_number():
    html = kernel_drawing([[1, 0, -1], [2, 0.5, -2]], title="a & b")
    cells = re.findall(r"--fill: (#......); --ink: (#......)\">([^<]+)<", html)
    assert [words for _, _, words in cells] == [
        *("1", "0", "\N{MINUS SIGN}1"),
        *("2", "0.5", "\N{MINUS SIGN}2"),
    ]
    fills = {words: (fill, ink) for fill, ink, words in cells}
    assert fills["2"] == ("#67001f", "#ffffff")
    assert fills["0"] == ("#f7f7f7", "#000000")
    assert "divided" not in html
    assert 'aria-label="a &amp; b"' in html
    assert "all divided by 16" in kernel_drawing([[1, 2, 1]], 16)


def test_gates_are_coloured_from_dark_to_yellow_and_written_legibly():
    html = gate_table([("arm", {"1.1": 0.0, "3.2": 1.0})])
    dark, bright = re.findall(r"--fill: (#\w+); --ink: (#\w+)", html)
    assert dark[1] == "#ffffff"
    assert bright[1] == "#000000"
    assert "arm, unit 3.2: mean gate 1.0000" in html
    assert "<b>" not in gate_table([("<b>", {"<i>": 0.5})])


def test_a_product_has_a_box_a_factor_and_one_for_the_product():
    factors = [Factor("slope <z>", "0.25", is_slope=True), Factor("w", "0.6", is_slope=False)]
    html = factor_strip(factors, "0.15", 'what "it" shows')
    assert len(elements(html, "factor")) == 3
    assert html.count("×") == 1  # noqa: RUF001
    assert html.index("0.25") < html.index("0.6") < html.index("0.15")
    assert "slope &lt;z&gt;" in html
    assert "what &#34;it&#34; shows" in html


def test_slopes_and_weights_have_colours_of_their_own():
    slope, weight = (
        elements(factor_strip([Factor("", "1", is_slope)], "1", ""), "factor")[0]["colour"]
        for is_slope in (True, False)
    )
    assert slope != weight
