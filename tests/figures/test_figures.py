import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from cnnviz.figures import heatmap
from cnnviz.figures.comparison import history
from cnnviz.figures.network import distribution
from cnnviz.figures.network.thumbnail import thumbnail
from cnnviz.figures.pictures import answers
from cnnviz.figures.theme import bytes_text, count_text, text_colour

TABLE = pd.DataFrame(
    {
        "name": ["stem.conv", "stem.relu", "stages.0.conv1", "head.linear"],
        "stage": ["stem", "stem", "stage 1", "head"],
        "params": [100, 0, 300, 600],
        "macs": [4000, 0, 5000, 1000],
    }
)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (11_689_512, "11.69 M"),
        (1_814_073_344, "1.814 G"),
        (640, "640"),
        (138_357_544, "138.4 M"),
        (0, "0"),
        (269_722, "269.7 k"),
        (2.5e12, "2.500 T"),
    ],
)
def test_counts_have_four_digits_and_a_unit(count, text):
    assert count_text(count) == text


def test_units():
    assert count_text(1.8e9) == "1.800 G"
    assert (bytes_text(44_700_000), bytes_text(528), bytes_text(2.2e9), bytes_text(553.4e6)) == (
        "44.7 MB",
        "528 B",
        "2.2 GB",
        "553 MB",
    )


def parts_of(html):
    """The divided bars as (title, colour, width in per cent)."""
    found = re.findall(r'<div title="([^"]*)" style="width:([0-9.]+)%;background:(#\w+)', html)
    return [(title, colour, float(width)) for title, width, colour in found]


def test_shares_by_stage():
    widths = [width for _, _, width in parts_of(distribution.by_stage(TABLE))]
    assert widths == [10, 30, 60, 40, 50, 10]
    assert "stage 1: 300 Parameters, 30.0%" in distribution.by_stage(TABLE)


def test_a_stage_has_its_colour_whatever_else_there_is():
    with_stem = {t.split(":")[0]: c for t, c, _ in parts_of(distribution.by_stage(TABLE))}
    without = {t.split(":")[0]: c for t, c, _ in parts_of(distribution.by_stage(TABLE[2:]))}
    assert without == {name: with_stem[name] for name in ("stage 1", "head")}
    assert len(set(with_stem.values())) == 3


def test_bars_by_layer_leave_out_layers_without_numbers():
    figure = distribution.by_layer(TABLE)
    params = [value for bar in figure.data if bar.yaxis == "y" for value in bar.y]
    macs = [value for bar in figure.data if bar.yaxis == "y2" for value in bar.y]
    assert params == [100, 300, 600]
    assert macs == [4000, 5000, 1000]


def test_a_network_without_parameters_is_drawn_too():
    distribution.by_stage(TABLE.assign(params=0, macs=0))


def test_the_colour_scale_is_viridis_from_dark_to_bright():
    colours = heatmap.coloured(np.array([[0.0, 0.5, 1.0]]))
    assert colours.dtype == np.uint8
    assert colours[0].tolist() == [[68, 1, 84], [34, 144, 140], [253, 231, 37]]
    ramp = heatmap.coloured(np.linspace(0, 1, 50)[None])[0] @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(ramp) > 0).all(), "brighter is more"


def test_an_overlay_is_a_mixture():
    photo = np.full((2, 2, 3), 200, np.uint8)
    values = np.array([[0, 1], [1, 0]], np.float32)
    assert heatmap.overlay(photo, values, 0).tolist() == photo.tolist()
    assert heatmap.overlay(photo, values, 1)[0].tolist() == [[200, 200, 200], [253, 231, 37]]
    assert heatmap.overlay(photo, values, 0.5)[0].tolist() == [[200, 200, 200], [226, 216, 118]]


def test_answers_are_in_per_cent_and_escaped():
    html = answers.bars(["cat <b>", "dog"], [0.75, 0.25])
    assert re.findall(r"width:([0-9.]+)%", html) == ["75.00", "25.00"]
    assert "<span>cat &lt;b&gt;</span><span>75.0 %</span>" in html


def test_text_is_readable_on_every_colour():
    assert text_colour("#F0E442") == "#000000"
    assert text_colour("#0072B2") == "#ffffff"


def test_a_thumbnail_has_a_bar_a_part_as_high_as_its_maps():
    drawing = thumbnail([("stem", (64, 112, 112)), ("stage 1", (64, 56, 56)), ("head", (1000,))])
    bars = ElementTree.fromstring(drawing).findall("{http://www.w3.org/2000/svg}rect")
    heights = [float(bar.get("height")) for bar in bars]
    assert heights == sorted(heights, reverse=True)
    assert len({bar.get("fill") for bar in bars}) == 3


def test_error_against_cost_has_every_point_with_its_source():
    points = pd.DataFrame(
        {
            "variant": ["a", "b"],
            "title": ["A", "B"],
            "family": ["First", "Second"],
            "error": [7.3, 3.6],
            "source": ["Table 1", "Table 2"],
            "params": [1e6, 5e7],
        }
    )
    figure = history.error_against_cost(points, "params", "Parameters", "top-5 error")
    assert [(trace.x[0], trace.y[0]) for trace in figure.data] == [(1e6, 7.3), (5e7, 3.6)]
    assert [list(trace.customdata[0]) for trace in figure.data] == [
        ["a", "A", "Table 1"],
        ["b", "B", "Table 2"],
    ]
    assert figure.layout.xaxis.type == "log"


def test_families_keep_apart_beyond_the_colours():
    points = pd.DataFrame(
        {
            "variant": list("abcdefghij"),
            "title": list("abcdefghij"),
            "family": list("abcdefghij"),
            "error": range(10),
            "source": "s",
            "params": range(1, 11),
        }
    )
    figure = history.error_against_cost(points, "params", "", "")
    assert len({(t.marker.color, t.marker.symbol) for t in figure.data}) == 10


def test_winners_are_labelled():
    figure = history.winners([2012, 2015], [16.4, 3.57], ["AlexNet", "ResNet"])
    assert list(figure.data[0].text) == ["AlexNet<br>16.4 %", "ResNet<br>3.57 %"]
