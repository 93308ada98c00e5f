"""Published errors by year, and error against cost."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from cnnviz.figures.theme import CATEGORIES

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star")


def winners(years: Sequence[int], errors: Sequence[float], names: Sequence[str]) -> go.Figure:
    """Bars of the winners' top-5 error in per cent, a year each."""
    figure = go.Figure(
        go.Bar(
            x=list(years),
            y=list(errors),
            text=[f"{name}<br>{error:g} %" for name, error in zip(names, errors, strict=True)],
            textposition="outside",
            textfont_size=14,
            cliponaxis=False,
            marker_color=CATEGORIES[0],
            hovertemplate="%{x}: %{y} %<extra></extra>",
        )
    )
    figure.update_layout(height=320, margin={"l": 0, "r": 0, "t": 40, "b": 0})
    figure.update_xaxes(type="category", tickfont_size=14)
    figure.update_yaxes(title_text="top-5 error (%)", rangemode="tozero")
    return figure


def error_against_cost(points: pd.DataFrame, cost: str, cost_title: str, title: str) -> go.Figure:
    """A point for each published network: its error over its cost, coloured by family.

    Args:
        points: Columns variant, title, family, error (per cent), source, and the cost.
        cost: The column on the horizontal axis, which is logarithmic.
        cost_title: The axis's title with its unit.
        title: The vertical axis's title.
    """
    figure = go.Figure()
    for index, (family, rows) in enumerate(points.groupby("family", sort=False)):
        figure.add_scatter(
            name=family,
            mode="markers",
            x=rows[cost],
            y=rows["error"],
            customdata=rows[["variant", "title", "source"]],
            marker={
                "size": 13,
                "color": CATEGORIES[index % len(CATEGORIES)],
                "symbol": SYMBOLS[index // len(CATEGORIES) % len(SYMBOLS)],
            },
            hovertemplate="<b>%{customdata[1]}</b><br>%{y} % at %{x:.3s}<br>%{customdata[2]}"
            "<extra></extra>",
        )
    figure.update_layout(height=420, margin={"l": 0, "r": 0, "t": 8, "b": 0}, clickmode="event")
    figure.update_layout(legend={"orientation": "h", "y": -0.25}, dragmode="pan")
    figure.update_xaxes(
        type="log",
        title_text=cost_title,
        dtick="D2",
        exponentformat="SI",
        minorloglabels="complete",
    )
    figure.update_yaxes(title_text=f"{title} (%)", rangemode="tozero")
    return figure
