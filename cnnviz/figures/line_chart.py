"""A small chart of lines over a share, without a script."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnviz.figures.chart import Axis, axes, polyline
from cnnviz.figures.svg import document, text

WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, TOP, BOTTOM = 72, 26, 40, 48
DASHES = "7 5"
QUARTERS = (0, 0.25, 0.5, 0.75, 1)
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


@dataclass(frozen=True, eq=False)
class Line:
    """A line of a chart.

    Attributes:
        name: What the legend says.
        values: Its heights, as shares (0.5 is written 50 %).
        colour: "#rrggbb".
        dashed: For what others are measured by.
    """

    name: str
    values: np.ndarray
    colour: str
    dashed: bool = False


def line_chart(
    shares: Sequence[float] | np.ndarray,
    lines: Sequence[Line],
    across: str,
    up: str,
    title: str,
    low: float = 0.0,
    high: float = 1.0,
) -> str:
    """SVG of lines over shares from 0 to 1, as wide as its place.

    Args:
        shares: Where the values are, in [0, 1].
        lines: At least one.
        across: What the shares are of.
        up: What the values are.
        title: What the chart shows, for those who do not see it.
        low: Least value of the vertical axis; less where a line needs it.
        high: Largest value of the vertical axis; more where a line needs it.
    """
    values = np.concatenate([line.values for line in lines])
    ticks = _ticks(min(low, float(values.min())), max(high, float(values.max())))
    x = Axis(0, 1, LEFT, WIDTH - RIGHT, [(share, _percent(share)) for share in QUARTERS])
    y = Axis(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP, [(tick, _percent(tick)) for tick in ticks])
    body = axes(x, y, across) + _names(lines)
    body += f'<g transform="rotate(-90)">{text(-(TOP + HEIGHT - BOTTOM) / 2, 14, up, 13)}</g>'
    for line in lines:
        points = zip(map(x, shares), map(y, line.values), strict=True)
        body += polyline(points, line.colour, DASHES if line.dashed else "")
    return document((0, 0, WIDTH, HEIGHT), body, title, is_fixed=False)


def _ticks(low: float, high: float) -> list[float]:
    """Round values from below the least to above the largest, about five of them."""
    span = max(high - low, 1e-3)
    step = next((step for step in STEPS if span / step <= 6), STEPS[-1])
    first, last = int(np.floor(low / step + 1e-6)), int(np.ceil(high / step - 1e-6))
    return [step * number for number in range(first, max(last, first + 1) + 1)]


def _percent(share: float) -> str:
    return f"{round(100 * share):g} %".replace("-", "\N{MINUS SIGN}")


def _names(lines: Sequence[Line]) -> str:
    """The legend, in a row above the chart."""
    drawn, x = "", float(LEFT)
    for line in lines:
        drawn += polyline([(x, 18), (x + 26, 18)], line.colour, DASHES if line.dashed else "")
        drawn += text(x + 32, 23, line.name, 14, "start")
        x += 32 + 7.6 * len(line.name) + 22
    return drawn
