"""Where parameters and MACs sit, by stage and by layer."""

import pandas as pd

from cnnviz.figures.network import distribution
from tests.figures.markup import elements, shares

TABLE = pd.DataFrame(
    {
        "name": ["stem.conv", "stem.relu", "stages.0.conv1", "head.linear"],
        "stage": ["stem", "stem", "stage 1", "head"],
        "params": [100, 0, 300, 600],
        "macs": [4000, 0, 5000, 1000],
    }
)


def parts_of(html):
    """The divided bars as (title, colour, width in per cent)."""
    colours = [(piece["title"], piece["colour"]) for piece in elements(html, "piece")]
    return [(*each, share) for each, share in zip(colours, shares(html, "piece"), strict=True)]


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
