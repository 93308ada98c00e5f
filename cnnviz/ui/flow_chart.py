"""Curves over the layers of networks, with their names in a row that fits any screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import streamlit as st

from cnnviz.figures.curves import (
    COLOURS,
    DASHES,
    ZOOM,
    Axis,
    Curve,
    Lines,
    curve_chart,
    curve_table,
)
from cnnviz.figures.legend import legend

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
) -> None:
    """Draw a chart; its names stand above it (``show_names``).

    Args:
        curves: Their runs are the names; other parts are told apart by dashes.
        colours: Of each name.
        axis: The vertical axis; on a logarithmic one only values above 0 are drawn.
        key: Of the element, unique on the page.
        across: Title of the horizontal axis.
    """
    parts = list(dict.fromkeys(curve.part for curve in curves))
    if axis.is_logarithmic:
        curves = [_positive(curve) for curve in curves]
    table = pa.Table.from_pandas(curve_table(curves), preserve_index=False)
    st.vega_lite_chart(
        table,
        curve_chart(
            Lines("run", colours, has_legend=False),
            Lines("part", dict(zip(parts, DASHES, strict=False)), has_legend=len(parts) > 1),
            axis,
            across,
        ),
        key=key,
        on_select="rerun",
        selection_mode=[ZOOM],
        width="stretch",
        alt=f"{axis.title} over {across.lower()}: {', '.join(colours)}",
    )


def _positive(curve: Curve) -> Curve:
    kept = [(x, y) for x, y in zip(curve.across, curve.up, strict=True) if y > 0]
    return Curve(curve.run, curve.part, [x for x, _ in kept], [y for _, y in kept])
