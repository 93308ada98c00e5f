"""Charts of curves over the layers of networks, with a shared legend."""

from collections.abc import Mapping, Sequence

import pandas as pd

from cnnviz.figures.training.curves import (
    COLOURS,
    DASHES,
    Axis,
    Curve,
    Lines,
    curve_chart,
    curve_table,
)
from cnnviz.ui.parts.drawing import chart_points, show_curve_chart

DEPTH = "Depth: 0 is the first layer, 1 the last"


def colours_of(names: Sequence[str]) -> dict[str, str]:
    """A colour for each name, the same in all charts."""
    return {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(names)}


def show_curves_over_layers(
    curves: Sequence[Curve],
    colours: Mapping[str, str],
    axis: Axis,
    key: str,
    across: str = DEPTH,
    names: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Draw a chart without a legend, which several may share.

    Args:
        curves: Curves of a single part, whose ``run`` is the name of the line.
        colours: Colour of each name.
        axis: Vertical axis; a logarithmic one shows only values above 0.
        key: Key of the element, unique on the page.
        across: Title of the horizontal axis.
        names: Names of the points of each curve, by its run; default none.
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
    """The table of ``curve_table`` with a column "place": the name of each point, or empty."""
    table = curve_table(curves)
    if axis.is_logarithmic:
        table = table[table["up"] > 0]
    places = {
        (curve.run, float(x)): place
        for curve in curves
        for x, place in zip(curve.across, names.get(curve.run, ()), strict=False)
    }
    points = zip(table["run"], table["across"], strict=True)
    return table.assign(place=[places.get(point, "") for point in points])


def _tooltip(known: Sequence[dict[str, str]], has_places: bool) -> list[dict[str, str]]:
    line, _, x, y = known
    place = {"field": "place", "type": "nominal", "title": "Layer"}
    return [{**line, "title": "Line"}, *([place] if has_places else []), x, y]
