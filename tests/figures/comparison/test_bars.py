import re
from io import BytesIO
from xml.etree import ElementTree

import pandas as pd
import pytest
from PIL import Image

from cnnviz.figures.comparison import bars as comparison
from cnnviz.figures.comparison import curves as comparison_curves
from cnnviz.figures.comparison.report import report_png
from cnnviz.figures.theme import CATEGORIES

COLOURS = CATEGORIES[:2]
SVG = "{http://www.w3.org/2000/svg}"
STAGES = pd.DataFrame(
    {
        "network": [0, 0, 1],
        "level": [3, -100, -100],
        "side": ["56 px", "vector", "vector"],
        "stages": ["stem", "head", "head"],
        "depth": [4, 1, 2],
        "channels": [64, 1000, 10],
        "params": [100, 300, 400],
        "macs": [5000, 300, 400],
        "activations": [800, 10, 20],
    }
)
CURVES = pd.DataFrame(
    {
        "network": [0, 0, 0, 1, 1],
        "depth": [0, 1, 2, 0, 1],
        "params": [0, 100, 400, 0, 400],
        "macs": [0, 5000, 5300, 0, 400],
        "receptive_field": [1, 3, None, 1, 7],
    }
)
TOTALS = pd.DataFrame(
    {
        "label": ["A <b>", "B"],
        "family": ["First", "Second"],
        "year": [2014, 2015],
        "resolution": [224, 32],
        "params": [400, 100],
        "macs": [5300, 400],
        "activations": [810, 20],
        "memory": [4840, 480],
        "depth": [5, 1],
        "receptive_field": [3, 7],
    }
)


def bars(html):
    """(title, width in per cent, colour) of every bar."""
    found = re.findall(
        r'title="([^"]*)"><span class="cmp-number">[^<]*</span><div class="cmp-track">'
        r'<div class="cmp-bar" style="width:([0-9.]+)%;background:(#\w+)"',
        html,
    )
    return [(title, float(width), colour) for title, width, colour in found]


def test_totals_have_a_bar_a_network_in_its_colour():
    found = bars(comparison.totals(TOTALS, COLOURS))
    assert len(found) == 2 * len(comparison.TOTALS)
    assert found[0] == ("A &lt;b&gt;: Parameters 400", 100, COLOURS[0])
    assert found[1] == ("B: Parameters 100", 25, COLOURS[1])
    assert {colour for _, _, colour in found[::2]} == {COLOURS[0]}


def test_totals_have_their_units():
    html = comparison.totals(TOTALS, COLOURS)
    for words in ("5 layers", "1 layer<", "7 px", "4.8 kB", "5.300 k"):
        assert words in html


def test_stages_share_one_scale_a_quantity_and_say_where_there_is_nothing():
    html = comparison.stages(STAGES, ["A", "B"], COLOURS)
    widths = {title: width for title, width, _ in bars(html)}
    assert widths["A: Parameters 100"] == 25
    assert widths["B: Parameters 400"] == 100
    assert html.count('<div class="cmp-side">') == 2
    first = html.split('<div class="cmp-side">')[1]
    assert first.count(f'title="{comparison.NOTHING}"') == 6


def test_the_heaviest_layer_has_its_share():
    rows = pd.DataFrame(
        {"label": ["A"], "name": ["fc"], "kind": ["linear"], "params": [300], "share": [0.75]}
    )
    html = comparison.heaviest(rows, [400], COLOURS[:1])
    assert "A: 75% in one layer, fc (linear), 300 of 400" in html
    assert "width:75.00%" in html


def test_what_visitors_wrote_is_escaped():
    for html in (
        comparison.heading("<script>", "<i>", COLOURS[0]),
        comparison.legend(["<script>", "B"], COLOURS),
        comparison.totals(TOTALS, COLOURS),
    ):
        assert "<script>" not in html
        assert "<i>" not in html
        assert "<b>" not in html


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


def test_the_report_is_a_sheet_as_wide_as_a4_in_the_networks_colours():
    file = report_png(
        TOTALS, ["A has 4 times the parameters of B."], STAGES, CURVES, COLOURS, {}, ""
    )
    image = Image.open(BytesIO(file)).convert("RGB")
    assert image.width == 1240
    assert image.height > 1000
    colours = {f"#{r:02X}{g:02X}{b:02X}" for _, (r, g, b) in image.getcolors(1 << 24)}
    assert set(COLOURS) <= colours
    assert image.getpixel((5, 5)) == (255, 255, 255)


def test_a_longer_comparison_is_a_longer_sheet():
    short = report_png(TOTALS, [], STAGES, CURVES, COLOURS, {}, "")
    facts = {"Printed errors": ["A: 27.0 %.", "B: 24.5 %."]}
    long = report_png(TOTALS, ["A sentence."], STAGES, CURVES, COLOURS, facts, "A note. " * 50)
    assert Image.open(BytesIO(long)).height > Image.open(BytesIO(short)).height
