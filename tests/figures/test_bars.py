"""Bars of shares, memory, measured times, classes and counts."""

import re

import numpy as np
import pytest

from cnnviz.figures.bars import (
    MEMORY_COLOURS,
    answer_bars,
    class_balance_bars,
    histogram,
    memory_bars,
    time_bars,
)
from cnnviz.figures.theme import CATEGORIES
from tests.figures.markup import elements, shares, words

PARTS = {"parameters": 100.0, "gradients": 0.0, "activations": 300.0}


def test_parts_share_one_scale_with_the_card():
    uses = {"Inference": PARTS, "Training": {"parameters": 800.0}}
    html = memory_bars(uses, {"Inference": "fits", "Training": "no"}, limit=500.0)
    assert shares(html, "piece") == pytest.approx([12.5, 37.5, 100])
    assert [limit["left"] for limit in elements(html, "limit")] == ["62.5%", "62.5%"]
    assert "activations: 300 B" in html
    assert "gradients: " not in html


def test_the_cards_end_is_seen_where_nothing_reaches_it():
    html = memory_bars({"Inference": PARTS}, {"Inference": "fits"}, limit=1600.0)
    assert [limit["left"] for limit in elements(html, "limit")] == ["99.5%"]
    assert shares(html, "piece") == pytest.approx([6.25, 18.75])


def test_every_part_has_a_colour_of_its_own():
    assert len(set(MEMORY_COLOURS.values())) == len(MEMORY_COLOURS)


def test_a_bar_ends_at_the_median_and_its_whisker_spans_the_spread():
    html = time_bars(["<A>", "B"], ["1 s", "2 s"], [(0.5, 1.0, 1.5), (1.5, 2.0, 4.0)])
    assert "&lt;A&gt;" in html
    assert shares(html, "piece") == [25, 50]
    assert [bar["colour"] for bar in elements(html, "piece")] == list(CATEGORIES[:2])
    whiskers = [(each["left"], each["share"]) for each in elements(html, "whisker")]
    assert whiskers == [("12.5%", "25%"), ("37.5%", "62.5%")]


def test_answers_are_in_per_cent_and_escaped():
    html = answer_bars(["cat <b>", "dog"], [0.75, 0.25])
    assert shares(html, "piece") == [75, 25]
    assert words(html) == ["cat", "&lt;b&gt;", "75.0", "%", "dog", "25.0", "%"]


def test_classes_have_one_scale_and_both_numbers():
    html = class_balance_bars([("cat", 4000, 100), ("<dog>", 1000, 0)])
    assert "4,000 + 100" in html
    assert "1,000 + 0" in html
    assert shares(html, "piece") == [100, 2.5, 25, 0]
    assert "&lt;dog&gt;" in html
    assert "<dog>" not in html


def test_a_histogram_has_a_bar_a_bin_on_a_logarithmic_scale():
    html = histogram(np.array([0.0] * 99 + [1.0] * 9), "Values <0 to 1>")
    heights = html.split("--share: ")[1:]
    filled = [float(each.partition("%")[0]) for each in heights]
    assert len(filled) == 40
    assert (filled[0], filled[-1]) == pytest.approx((100, 100 * np.log(10) / np.log(100)))
    assert not any(filled[1:-1])
    assert "0 to 0.025: 99" in html
    assert "highest 99." in html
    assert "<0 to 1>" not in html


def test_a_histogram_counts_every_value():
    values = np.concatenate([np.zeros(500), np.linspace(0, 2, 41)])
    html = histogram(values, "541 values")
    counts = [int(n.replace(",", "")) for n in re.findall(r": ([\d,]+)\" style", html)]
    assert len(counts) == 40
    assert sum(counts) == 541
    assert "541 values" in html
    assert histogram(np.zeros(4), "all 0")
