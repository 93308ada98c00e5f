"""Curves of training runs over epochs or seconds, as Vega-Lite that grows while it is looked at.

The chart is one constant specification and a table that changes: the browser then replaces the
table alone, and a zoom stays. (Streamlit 1.67 draws an ECharts option anew whenever it changes.)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from cnnviz.figures.theme import CATEGORIES

POINTS = 200  # of a line; more cannot be seen
HEIGHT = 360  # px, with title and legend
NOTE = 14  # px more for each note
# Yellow is left out: a thin line of it is not seen on white.
COLOURS = tuple(colour for colour in CATEGORIES if colour != "#F0E442")
DASHES = ((1, 0), (6, 4), (2, 3), (10, 4, 2, 4), (14, 3), (3, 9))
DASH_NAMES = ("solid", "dashed", "dotted", "dash-dotted", "long dashes", "wide dots")
LEGEND = {
    "orient": "top",
    "title": None,
    "labelLimit": 340,
    "columns": 4,
    "offset": 4,
    "symbolOpacity": 1,
}
# The parameter that the page must name as a selection, or the browser forgets it with new data.
ZOOM = "zoom"
# Drag to move, turn the wheel with Ctrl or Cmd to zoom: the wheel alone scrolls the page.
WHEEL = "wheel![event.ctrlKey || event.metaKey]"
DRAGGED = {
    "name": ZOOM,
    "select": {"type": "interval", "encodings": ["x"], "zoom": WHEEL},
    "bind": "scales",
}
# Points that nobody sees are easier to point at than a line.
LINE = {
    "type": "line",
    "clip": True,
    "strokeWidth": 2.5,
    "interpolate": "linear",
    "point": {"opacity": 0, "size": 150},
}
GREY = "#7d7d7d"  # seen on black and on white
GRID = f"{GREY}55"


@dataclass(frozen=True, eq=False)
class Curve:
    """A line of a chart.

    Attributes:
        run: Label of the run that it belongs to.
        part: What of the run: "train", "test", "stage 1", ...
        across: Where it was measured, rising.
        up: What was measured there, as many.
        low: Where it is the mean of several, the smallest of them, as many; else None.
        high: The largest.
    """

    run: str
    part: str
    across: Sequence[float] | np.ndarray
    up: Sequence[float] | np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None


@dataclass(frozen=True)
class Lines:
    """The line styles and colours of a chart.

    Attributes:
        field: "run" or "part".
        looks: Colour "#rrggbb" or dash pattern by value of the field, in the legend's order.
        has_legend: Whether the chart says which is which.
    """

    field: Literal["run", "part"]
    looks: Mapping[str, Any]
    has_legend: bool = True

    def encoding(self, legend: dict[str, Any] | None) -> dict[str, Any]:
        """The axis as a Vega-Lite encoding."""
        return {
            "field": self.field,
            "type": "nominal",
            "scale": {"domain": list(self.looks), "range": list(self.looks.values())},
            "legend": legend if self.has_legend else None,
        }

    @property
    def words(self) -> str:
        """The meaning of the dashes in words, which a legend would show too small."""
        if not self.has_legend:
            return ""
        names = {tuple(dash): name for dash, name in zip(DASHES, DASH_NAMES, strict=True)}
        return ", ".join(f"{names[tuple(look)]}: {each}" for each, look in self.looks.items())


@dataclass(frozen=True)
class Axis:
    """The vertical axis.

    Attributes:
        title: What was measured, with its unit.
        format: Of its numbers, by D3's rules (".0%", "~s"); empty: as the axis needs.
        is_logarithmic: Whether equal distances are equal ratios; only values above 0 are drawn.
        from_zero: Whether 0 is always shown.
    """

    title: str
    format: str = ""
    is_logarithmic: bool = False
    from_zero: bool = False


def curve_table(curves: Iterable[Curve]) -> pd.DataFrame:
    """The points of curves: columns run, part, across, up; at most ``POINTS`` a curve.

    Columns low and high follow where the curves have them. What is no finite number is left out.
    """
    tables = [_points(curve) for curve in curves]
    if not tables:
        return pd.DataFrame({"run": [], "part": [], "across": [], "up": []}, dtype=object)
    return pd.concat(tables, ignore_index=True)


def _points(curve: Curve) -> pd.DataFrame:
    across, up = np.asarray(curve.across, np.float64), np.asarray(curve.up, np.float64)
    finite = np.isfinite(across) & np.isfinite(up)
    across, up = across[finite], up[finite]
    shown = _kept(len(across))
    ends = {"low": curve.low, "high": curve.high}
    bands = {name: np.asarray(v)[finite][shown] for name, v in ends.items() if v is not None}
    return pd.DataFrame(
        {"run": curve.run, "part": curve.part, "across": across[shown], "up": up[shown], **bands}
    )


def _kept(length: int) -> np.ndarray:
    """Positions of at most ``POINTS`` of so many points, the last among them."""
    step = max(-(-length // POINTS), 1)
    return np.arange(length)[::-1][::step][::-1]


def curve_chart(
    colour: Lines,
    dash: Lines,
    axis: Axis,
    across: str,
    notes: Sequence[str] = (),
    has_bands: bool = False,
    has_dots: bool = False,
) -> dict[str, Any]:
    """A Vega-Lite chart for the points of ``curve_table``, without them.

    Args:
        colour: What the colours say.
        dash: What the dashes say; of the same field as the colours, it helps to tell more apart.
        axis: The vertical axis; its title is the chart's.
        across: Title of the horizontal axis.
        notes: Lines below the title, in place of the dashes' meaning.
        has_bands: Whether the points have low and high ends.
        has_dots: Whether points are seen and not only pointed at: where they are few.
    """
    encoding = {
        "x": _across(across),
        "y": _up(axis),
        "color": colour.encoding(LEGEND),
        "strokeDash": dash.encoding(None),
        "tooltip": _tooltip(axis, across, has_bands),
    }
    mark = {**LINE, "point": {"size": 60}} if has_dots else LINE
    line = {"mark": mark, "params": [DRAGGED], "encoding": encoding}
    return {
        "title": {
            "text": axis.title,
            "subtitle": list(notes) if notes else dash.words,
            "subtitleColor": GREY,
            "subtitleFontSize": 13,
            "anchor": "start",
            "fontSize": 15,
            "offset": 6,
        },
        "height": HEIGHT + NOTE * len(notes),
        **({"layer": [_band(encoding), line]} if has_bands else line),
    }


def _band(encoding: dict[str, Any]) -> dict[str, Any]:
    """An area from the low to the high ends, in the line's colour."""
    return {
        "mark": {"type": "area", "clip": True, "opacity": 0.22},
        "encoding": {
            "x": encoding["x"],
            "y": {**encoding["y"], "field": "low"},
            "y2": {"field": "high"},
            "color": encoding["color"],
            "detail": {"field": "part"},
        },
    }


def _across(title: str) -> dict[str, Any]:
    return {
        "field": "across",
        "type": "quantitative",
        "title": title,
        # A point at the end of a run is seen whole.
        "scale": {"nice": False, "zero": True, "padding": 5},
        "axis": {"gridColor": GRID, "tickCount": 8},
    }


def _up(axis: Axis) -> dict[str, Any]:
    scale = {"type": "log"} if axis.is_logarithmic else {"zero": axis.from_zero}
    ticks: dict[str, Any] = {"gridColor": GRID, "tickCount": 6}
    if axis.format:
        ticks["format"] = axis.format
    return {"field": "up", "type": "quantitative", "title": None, "scale": scale, "axis": ticks}


def _tooltip(axis: Axis, across: str, has_bands: bool) -> list[dict[str, str]]:
    precise = (
        ".1%" if axis.format.endswith(("%", "p")) else ".4~s" if "s" in axis.format else ".4~g"
    )
    ends = {"low": "Smallest", "high": "Largest"} if has_bands else {}
    return [
        {"field": "run", "type": "nominal", "title": "Run"},
        {"field": "part", "type": "nominal", "title": "Curve"},
        {"field": "across", "type": "quantitative", "title": across, "format": ".4~g"},
        *(
            {"field": field, "type": "quantitative", "title": title, "format": precise}
            for field, title in {"up": axis.title, **ends}.items()
        ),
    ]


def band(
    curves: Sequence[tuple[Sequence[float], Sequence[float]]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Where any of several curves was measured: there, the mean, the smallest and the largest.

    Between its own points a curve is interpolated; where it has not begun or has ended, the others
    stand alone.

    Args:
        curves: (across, up) of each, across rising; at least one, with a point.
    """
    filled = [np.array([x, y], np.float64) for x, y in curves if len(x)]
    across = np.unique(np.concatenate([x for x, _ in filled]))
    ups = np.stack([np.interp(across, x, y, left=np.nan, right=np.nan) for x, y in filled])
    return across, np.nanmean(ups, axis=0), np.nanmin(ups, axis=0), np.nanmax(ups, axis=0)
