"""Curves over depth, and error over cost, of a few networks: small SVGs without a script.

They are shown as pictures, which know nothing of the page's theme: their grey is read on black and
on white.
"""

from collections.abc import Sequence
from math import ceil, floor, log10

import pandas as pd

from cnnviz.figures.chart import Axis, axes, polyline
from cnnviz.figures.svg import document
from cnnviz.figures.theme import PREFIXES

WIDTH, HEIGHT = 420, 270
LEFT, RIGHT, TOP, BOTTOM = 66, 26, 12, 46
GREY = "#7d7d7d"
# Colour is not all: the lines also differ where there are no colours, and where they cover another.
DASHES = ("", "9 5", "2 4", "12 4 2 4")
# So many times deeper than another, a network is drawn on a logarithmic axis.
LOGARITHMIC = 8
POINTS = 300  # more cannot be seen


def curve(
    curves: pd.DataFrame, column: str, colours: Sequence[str], title: str, unit: str = ""
) -> str:
    """An SVG with a line a network: a quantity over the depth at which it is reached.

    Args:
        curves: Columns network (position in ``colours``), depth, and the quantity; missing values
            end a line.
        column: The quantity.
        colours: One a network.
        title: What it shows, for those who cannot see it.
        unit: Of the quantity.
    """
    known = curves[curves[column].notna()]
    deepest = curves.groupby("network")["depth"].max()
    top = nice(float(known[column].max()))
    y = _amounts(top, HEIGHT - BOTTOM, TOP, unit)
    x = _depths(int(deepest.max()), bool(deepest.max() > LOGARITHMIC * deepest.min()))
    body = axes(x, y, "Depth (weighted layers)", GREY)
    for network, rows in known.groupby("network"):
        position = int(str(network))
        step = max(len(rows) // POINTS, 1)
        thinned = pd.concat([rows.iloc[:-1:step], rows.iloc[-1:]])
        points = zip(map(x, thinned["depth"]), map(y, thinned[column]), strict=True)
        body += polyline(points, colours[position], DASHES[position % len(DASHES)])
    return document((0, 0, WIDTH, HEIGHT), body, title)


def error_over_cost(points: pd.DataFrame, cost: str, cost_title: str, title: str) -> str:
    """An SVG with a point for each network: its published error over its cost.

    Args:
        points: Columns colour, error (per cent), and the cost.
        cost: The column on the horizontal axis.
        cost_title: The axis's title with its unit.
        title: What it shows, for those who cannot see it.
    """
    most, top = nice(float(points[cost].max())), nice(float(points["error"].max()))
    x, y = _amounts(most, LEFT, WIDTH - RIGHT), _amounts(top, HEIGHT - BOTTOM, TOP, "%")
    body = axes(x, y, cost_title, GREY)
    for row in points.to_dict("records"):
        place = f'cx="{x(row[cost]):.1f}" cy="{y(row["error"]):.1f}"'
        body += f'<circle {place} r="7" fill="{row["colour"]}" fill-opacity="0.9"/>'
    return document((0, 0, WIDTH, HEIGHT), body, title)


def nice(value: float) -> float:
    """The smallest 1, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten that is not below it."""
    power = 10.0 ** floor(log10(max(value, 1e-9)))
    return next(
        m * power for m in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if value <= m * power * 1.0001
    )


def _depths(depth: int, is_logarithmic: bool) -> Axis:
    most = depth if is_logarithmic else max(depth, 2)
    marks: Sequence[int] = range(0, most + 1, max(ceil(nice(most / 6)), 1))
    if is_logarithmic:
        marks = [d * 10**p for p in range(ceil(log10(depth)) + 1) for d in (1, 3)]
    ticks = [(mark, str(mark)) for mark in marks if mark <= most]
    return Axis(0, most, LEFT, WIDTH - RIGHT, ticks, is_logarithmic)


def _amounts(top: float, start: float, stop: float, unit: str = "") -> Axis:
    """Zero, and equal round steps to the top, which is ``nice``."""
    steps = next((n for n in (4, 5, 3) if _is_round(top / n)), 4)
    ticks = [(top * i / steps, _amount(top * i / steps, unit)) for i in range(steps + 1)]
    return Axis(0, top, start, stop, ticks)


def _is_round(step: float) -> bool:
    """Whether it is 1, 2, 2.5 or 5 times a power of ten."""
    return f"{step:.5e}"[:7] in ("1.00000", "2.00000", "2.50000", "5.00000")


def _amount(value: float, unit: str) -> str:
    for scale, prefix in PREFIXES:
        if value >= scale and unit in ("", "MACs"):
            return f"{value / scale:g} {prefix}"
    return f"{value:,g} {unit}".rstrip()
