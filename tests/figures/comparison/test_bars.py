"""Networks side by side as bars."""

import re

import pandas as pd

from cnnviz.figures.comparison import bars as comparison
from tests.figures.comparison.tables import COLOURS, STAGES, TOTALS
from tests.figures.markup import elements, shares


def bars(html):
    """(title, width in per cent, colour) of every bar."""
    return [
        (value["title"], share, elements(value["html"], "piece")[0]["colour"])
        for value in values(html)
        for share in shares(value["html"], "piece")
    ]


def values(html):
    """Title and HTML of every value."""
    parts = html.split('<div class="value')[1:]
    return [{"title": re.search('title="([^"]*)"', part)[1], "html": part} for part in parts]


def test_totals_have_a_bar_a_network_in_its_colour():
    lengths = bars(comparison.totals(TOTALS, COLOURS))
    assert len(lengths) == 2 * len(comparison.TOTALS)
    assert lengths[0] == ("A &lt;b&gt;: Parameters 400", 100, COLOURS[0])
    assert lengths[1] == ("B: Parameters 100", 25, COLOURS[1])
    assert {colour for _, _, colour in lengths[::2]} == {COLOURS[0]}


def test_totals_have_their_units():
    html = comparison.totals(TOTALS, COLOURS)
    for words in ("5 layers", "1 layer<", "7 px", "4.8 kB", "5.300 k"):
        assert words in html


def test_stages_share_one_scale_a_quantity_and_say_where_there_is_nothing():
    html = comparison.stages(STAGES, ["A", "B"], COLOURS)
    widths = {title: width for title, width, _ in bars(html)}
    assert widths["A: Parameters 100"] == 25
    assert widths["B: Parameters 400"] == 100
    rows = html.split('<div class="title">')[1:]
    assert len(rows) == 2
    assert [value["title"] for value in values(rows[0])].count(comparison.NOTHING) == 6


def test_the_heaviest_layer_has_its_share():
    rows = pd.DataFrame(
        {"label": ["A"], "name": ["fc"], "kind": ["linear"], "params": [300], "share": [0.75]}
    )
    html = comparison.heaviest(rows, [400], COLOURS[:1])
    assert "A: 75% in one layer, fc (linear), 300 of 400" in html
    assert shares(html, "piece") == [75]


def test_what_visitors_wrote_is_escaped():
    for html in (
        comparison.heading("<script>", "<i>", COLOURS[0]),
        comparison.legend(["<script>", "B"], COLOURS),
        comparison.totals(TOTALS, COLOURS),
    ):
        assert "<script>" not in html
        assert "<i>" not in html
        assert "<b>" not in html
