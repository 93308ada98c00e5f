"""A chart of curves on a page: its points as the browser gets them, and a zoom that survives."""

from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from cnnviz.figures.training.curves import ZOOM


def chart_points(table: pd.DataFrame) -> pa.Table:
    """The points of ``figures.curves.curve_table`` as the browser gets them."""
    return pa.Table.from_pandas(table, preserve_index=False)


def show_curve_chart(points: pa.Table, chart: dict[str, Any], key: str, alt: str) -> None:
    """Draw a chart as wide as its place.

    Args:
        points: Of ``chart_points``.
        chart: Of ``figures.curves.curve_chart``.
        key: Of the element, unique on the page.
        alt: What it shows, for those who do not see it.
    """
    st.vega_lite_chart(
        points,
        chart,
        key=key,
        on_select="rerun",
        selection_mode=[ZOOM],
        width="stretch",
        alt=alt,
    )
