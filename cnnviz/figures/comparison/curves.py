"""Curves over depth, and error over cost, of a few networks: small SVGs without a script.

They are shown as pictures, which know nothing of the page's theme: their grey is read on black and
on white.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from math import ceil, floor, log10

import pandas as pd

from cnnviz.figures.svg import FONT
from cnnviz.figures.theme import PREFIXES

WIDTH, HEIGHT = 420, 270
LEFT, RIGHT, TOP, BOTTOM = 66, 26, 12, 46
GREY = "#7d7d7d"
# Colour is not all: the lines also differ where there are no colours, and where they cover another.
DASHES = ("", "9 5", "2 4", "12 4 2 4")
# So many times deeper than another, a network is drawn on a logarithmic axis.
LOGARITHMIC = 8
POINTS = 300  # more cannot be seen

Axis = Callable[[float], float]
Ticks = list[tuple[float, str]]


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
    y = _linear(0, top, HEIGHT - BOTTOM, TOP)
    x, ticks = _depth_axis(int(deepest.max()), bool(deepest.max() > LOGARITHMIC * deepest.min()))
    body = _axes(x, ticks, y, _ticks(top, unit), "Depth (weighted layers)")
    for network, rows in known.groupby("network"):
        position = int(str(network))
        step = max(len(rows) // POINTS, 1)
        thinned = pd.concat([rows.iloc[:-1:step], rows.iloc[-1:]])
        points = [
            (x(depth), y(value))
            for depth, value in zip(thinned["depth"], thinned[column], strict=True)
        ]
        body += _line(points, colours[position], DASHES[position % len(DASHES)])
    return _document(body, title)


def error_over_cost(points: pd.DataFrame, cost: str, cost_title: str, title: str) -> str:
    """An SVG with a point a network: its printed error over its cost.

    Args:
        points: Columns colour, error (per cent), and the cost.
        cost: The column on the horizontal axis.
        cost_title: The axis's title with its unit.
        title: What it shows, for those who cannot see it.
    """
    most, top = nice(float(points[cost].max())), nice(float(points["error"].max()))
    x, y = _linear(0, most, LEFT, WIDTH - RIGHT), _linear(0, top, HEIGHT - BOTTOM, TOP)
    body = _axes(x, _ticks(most), y, _ticks(top, "%"), cost_title)
    for row in points.to_dict("records"):
        place = f'cx="{x(row[cost]):.1f}" cy="{y(row["error"]):.1f}"'
        body += f'<circle {place} r="7" fill="{row["colour"]}" fill-opacity="0.9"/>'
    return _document(body, title)


def nice(value: float) -> float:
    """The smallest 1, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten that is not below it."""
    power = 10.0 ** floor(log10(max(value, 1e-9)))
    return next(
        m * power for m in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if value <= m * power * 1.0001
    )


def _depth_axis(depth: int, logarithmic: bool) -> tuple[Axis, Ticks]:
    if not logarithmic:
        most = max(depth, 2)
        step = nice(most / 6)
        step = max(ceil(step), 1)
        return _linear(0, most, LEFT, WIDTH - RIGHT), [
            (d, str(d)) for d in range(0, most + 1, step)
        ]
    line = _linear(0, log10(depth), LEFT, WIDTH - RIGHT)
    marks = [d * 10**p for p in range(ceil(log10(depth)) + 1) for d in (1, 3) if d * 10**p <= depth]
    return lambda value: line(log10(max(value, 1))), [(d, str(d)) for d in marks]


def _linear(first: float, last: float, start: float, stop: float) -> Axis:
    return lambda value: start + (value - first) / (last - first) * (stop - start)


def _ticks(top: float, unit: str = "") -> Ticks:
    """Zero, and equal round steps to the top, which is ``nice``."""
    steps = next((n for n in (4, 5, 3) if _is_round(top / n)), 4)
    return [(top * i / steps, _amount(top * i / steps, unit)) for i in range(steps + 1)]


def _is_round(step: float) -> bool:
    """Whether it is 1, 2, 2.5 or 5 times a power of ten."""
    return f"{step:.5e}"[:7] in ("1.00000", "2.00000", "2.50000", "5.00000")


def _amount(value: float, unit: str) -> str:
    for scale, prefix in PREFIXES:
        if value >= scale and unit in ("", "MACs"):
            return f"{value / scale:g} {prefix}"
    return f"{value:,g} {unit}".rstrip()


def _axes(x: Axis, x_ticks: Ticks, y: Axis, y_ticks: Ticks, title: str) -> str:
    parts = []
    for value, words in y_ticks:
        height, strength = y(value), 0.9 if value == 0 else 0.25
        parts.append(
            f'<path d="M{LEFT},{height:.1f} H{WIDTH - RIGHT}" stroke="{GREY}" '
            f'stroke-opacity="{strength}"/>' + _text(LEFT - 7, height + 4, words, "end")
        )
    for value, words in x_ticks:
        parts.append(_text(x(value), HEIGHT - BOTTOM + 18, words, "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, title, "middle"))
    return "".join(parts)


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" text-anchor="{anchor}" fill="{GREY}">'
        f"{escape(words)}</text>"
    )


def _line(points: Sequence[tuple[float, float]], colour: str, dash: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.6" '
        f'stroke-linejoin="round" stroke-dasharray="{dash}"/>'
    )


def _document(body: str, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" '
        f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}">'
        f"{body}</svg>"
    )
