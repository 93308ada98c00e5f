"""Small charts as SVG without a script: axes with their numbers, a grid, lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log10

from cnnviz.figures.svg import Point, text


@dataclass(frozen=True)
class Axis:
    """An axis of a chart: range and ticks.

    Attributes:
        low: Least value.
        high: Largest value.
        start: Where on the drawing the least value is.
        stop: Where the largest value is.
        ticks: Values with their words.
        is_logarithmic: Whether equal distances are equal ratios; a value below 1 stands at 1.
    """

    low: float
    high: float
    start: float
    stop: float
    ticks: Sequence[tuple[float, str]]
    is_logarithmic: bool = False

    def __call__(self, value: float) -> float:
        """Where on the drawing a value is."""
        ends = (self.low, self.high, value)
        low, high, at = (log10(max(end, 1)) for end in ends) if self.is_logarithmic else ends
        return self.start + (at - low) / (high - low) * (self.stop - self.start)


def axes(x: Axis, y: Axis, title: str, ink: str = "currentColor") -> str:
    """The numbers of both axes, a line at each of the vertical one, and the horizontal's title."""
    drawn = []
    for value, words in y.ticks:
        strength = 0.6 if abs(value) < 1e-9 else 0.2
        drawn.append(
            f'<path d="M{x.start},{y(value):.1f}H{x.stop}" stroke="{ink}" '
            f'stroke-opacity="{strength}"/>'
            + text(x.start - 7, y(value) + 4.5, words, 13, "end", colour=ink)
        )
    drawn += [text(x(value), y.start + 18, words, 13, colour=ink) for value, words in x.ticks]
    drawn.append(text((x.start + x.stop) / 2, y.start + 38, title, 13, colour=ink))
    return "".join(drawn)


def polyline(points: Iterable[Point], colour: str, dashes: str = "") -> str:
    """A line through points."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.8" '
        f'stroke-linejoin="round"{dashed}/>'
    )
