"""Bars of memory and of measured times."""

import re

import pytest

from cnnviz.figures.comparison import forward_times
from cnnviz.figures.network import memory_bars
from cnnviz.figures.theme import CATEGORIES

PARTS = {"parameters": 100.0, "gradients": 0.0, "activations": 300.0}


def widths(html, before):
    return [float(width) for width in re.findall(before + r"([0-9.]+)%", html)]


def test_parts_share_one_scale_with_the_card():
    uses = {"Inference": PARTS, "Training": {"parameters": 800.0}}
    html = memory_bars.bars(uses, {"Inference": "fits", "Training": "no"}, limit=500.0)
    assert widths(html, 'style="width:') == pytest.approx([12.5, 37.5, 100])
    assert widths(html, "left:") == [62.5, 62.5]
    assert "activations: 300 B" in html
    assert "gradients: " not in html


def test_the_cards_end_is_seen_where_nothing_reaches_it():
    html = memory_bars.bars({"Inference": PARTS}, {"Inference": "fits"}, limit=1600.0)
    assert widths(html, "left:") == [99.5]
    assert widths(html, 'style="width:') == pytest.approx([6.25, 18.75])


def test_every_part_has_a_colour_of_its_own():
    assert len(set(memory_bars.COLOURS.values())) == len(memory_bars.COLOURS)


def test_a_bar_ends_at_the_median_and_its_whisker_spans_the_spread():
    html = forward_times.bars(["<A>", "B"], ["1 s", "2 s"], [0.5, 1.5], [1.0, 2.0], [1.5, 4.0])
    assert "&lt;A&gt;" in html
    assert re.findall(r"background:(#\w+);width:([0-9.]+)%", html) == [
        (CATEGORIES[0], "25.00"),
        (CATEGORIES[1], "50.00"),
    ]
    assert re.findall(r"left:([0-9.]+)%;width:([0-9.]+)%", html) == [
        ("12.50", "25.00"),
        ("37.50", "62.50"),
    ]
