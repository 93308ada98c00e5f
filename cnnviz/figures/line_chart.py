"""A small chart of lines over a share, without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from cnnviz.figures.svg import FONT, text

WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, TOP, BOTTOM = 72, 14, 40, 48
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
    ticks = _ticks(
        min(low, *(float(line.values.min()) for line in lines)),
        max(high, *(float(line.values.max()) for line in lines)),
    )
    body = _grid(ticks) + _names(lines)
    body += text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, across, 14)
    body += f'<g transform="rotate(-90)">{text(-_middle(), 14, up, 14)}</g>'
    body += "".join(_path(shares, line, ticks) for line in lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )


def _middle() -> float:
    return (TOP + HEIGHT - BOTTOM) / 2


def _ticks(low: float, high: float) -> list[float]:
    """Round values from below the least to above the largest, about five of them."""
    span = max(high - low, 1e-3)
    step = next((step for step in STEPS if span / step <= 6), STEPS[-1])
    first, last = int(np.floor(low / step + 1e-6)), int(np.ceil(high / step - 1e-6))
    return [step * number for number in range(first, max(last, first + 1) + 1)]


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(value: float, ticks: Sequence[float]) -> float:
    part = (value - ticks[0]) / (ticks[-1] - ticks[0])
    return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)


def _grid(ticks: Sequence[float]) -> str:
    drawn = []
    for tick in ticks:
        y = _y(tick, ticks)
        strong = 0.6 if abs(tick) < 1e-9 else 0.18
        drawn.append(
            f'<path d="M{LEFT},{y:.1f}H{WIDTH - RIGHT}" stroke="currentColor" '
            f'stroke-opacity="{strong}"/>' + text(LEFT - 6, y + 4.5, _percent(tick), 13, "end")
        )
    for share in (0, 0.25, 0.5, 0.75, 1):
        anchor = "end" if share == 1 else "middle"
        drawn.append(text(_x(share), HEIGHT - BOTTOM + 18, _percent(share), 13, anchor))
    return "".join(drawn)


def _percent(share: float) -> str:
    return f"{round(100 * share):g} %".replace("-", "−")  # noqa: RUF001


def _names(lines: Sequence[Line]) -> str:
    """The legend, in a row above the chart."""
    drawn, x = [], float(LEFT)
    for line in lines:
        drawn.append(
            f'<path d="M{x:.0f},18h26" {_stroke(line)}/>' + text(x + 32, 23, line.name, 14, "start")
        )
        x += 32 + 7.6 * len(line.name) + 22
    return "".join(drawn)


def _path(shares: Sequence[float] | np.ndarray, line: Line, ticks: Sequence[float]) -> str:
    points = (
        f"{_x(float(share)):.1f},{_y(float(value), ticks):.1f}"
        for share, value in zip(shares, line.values, strict=True)
    )
    return f'<path d="M{" L".join(points)}" {_stroke(line)}/>'


def _stroke(line: Line) -> str:
    dashes = ' stroke-dasharray="7 5"' if line.dashed else ""
    return f'fill="none" stroke="{line.colour}" stroke-width="3" stroke-linejoin="round"{dashes}'
