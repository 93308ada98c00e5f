"""Curves over the layers of networks, with their names in a row that fits any screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from cnnviz.figures.legend import legend
from cnnviz.figures.training.curves import (
    COLOURS,
    DASHES,
    Axis,
    Curve,
    Lines,
    curve_chart,
    curve_table,
)
from cnnviz.ui.parts.curve_chart import chart_points, show_curve_chart

DEPTH = "Depth: 0 is the first layer, 1 the last"


def colours_of(names: Sequence[str]) -> dict[str, str]:
    """A colour for each name, in the order of all charts."""
    return {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(names)}


def show_names(colours: Mapping[str, str]) -> None:
    """Draw which colour stands for which name, once for all charts below."""
    st.html(legend(colours))


def show_curves_over_layers(
    curves: Sequence[Curve],
    colours: Mapping[str, str],
    axis: Axis,
    key: str,
    across: str = DEPTH,
    names: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Draw a chart; its names stand above it (``show_names``).

    Args:
        curves: Their runs are the names, all of one part.
        colours: Of each name.
        axis: The vertical axis; on a logarithmic one only values above 0 are drawn.
        key: Of the element, unique on the page.
        across: Title of the horizontal axis.
        names: What each point of a curve is of, by its run; default nothing.
    """
    chart = curve_chart(
        Lines("run", colours, has_legend=False),
        Lines("part", {curves[0].part: DASHES[0]}, has_legend=False),
        axis,
        across,
    )
    chart["encoding"]["tooltip"] = _tooltip(chart["encoding"]["tooltip"], bool(names))
    show_curve_chart(
        chart_points(flow_table(curves, axis, names or {})),
        chart,
        key,
        f"{axis.title} over {across.lower()}: {', '.join(colours)}",
    )


def flow_table(
    curves: Sequence[Curve], axis: Axis, names: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """The points of ``curve_table`` with a column "place", what each is of; empty without names."""
    table = curve_table(curves)
    if axis.is_logarithmic:
        table = table[table["up"] > 0]
    places = {
        (curve.run, float(x)): place
        for curve in curves
        for x, place in zip(curve.across, names.get(curve.run, ()), strict=False)
    }
    found = zip(table["run"], table["across"], strict=True)
    return table.assign(place=[places.get(point, "") for point in found])


def _tooltip(known: Sequence[dict[str, str]], has_places: bool) -> list[dict[str, str]]:
    """Of networks, not of runs and their parts."""
    line, _, x, y = known
    place = {"field": "place", "type": "nominal", "title": "Layer"}
    return [{**line, "title": "Line"}, *([place] if has_places else []), x, y]
