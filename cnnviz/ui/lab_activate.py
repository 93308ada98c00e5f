"""Activations and normalisation: four things that a layer does to its numbers, one at a time."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from cnnviz.figures.theme import CATEGORIES
from cnnviz.lab.activations import (
    ACTIVATIONS,
    REACH,
    activation_at,
    activation_curves,
    largest_slope,
)
from cnnviz.ui.lab_batch import show_batch, show_dropout
from cnnviz.ui.lab_response import show_response


def show_activate() -> None:
    """The whole section."""
    shows = {
        "activations": show_curves,
        "local response norm": show_response,
        "batch norm": show_batch,
        "dropout": show_dropout,
    }
    part = st.segmented_control(
        "Part",
        list(shows),
        default="activations",
        required=True,
        key="part",
        bind="query-params",
        label_visibility="collapsed",
    )
    shows.get(part, show_curves)()


def show_curves() -> None:
    """ReLU, tanh and sigmoid with their slopes, and both at a chosen place."""
    x = _choose_x()
    with st.grid(3, min_column_width=230, border=True):
        for name in ACTIVATIONS:
            _show_one(name, x)
    curves = activation_curves()
    left, right = st.columns(2)
    with left:
        st.markdown("**f(x)**: what comes out")
        _chart(curves, "value", x)
    with right:
        st.markdown("**f'(x)**: the slope, by which the gradient is multiplied on its way back")
        _chart(curves, "slope", x)
    st.caption(
        "Slopes by torch's autograd. Two sigmoids at 0 with weights 0.6 and 0.7 leave "
        "0.25 x 0.6 x 0.25 x 0.7 = 0.02625 of a gradient: the slides' example, to play with on "
        "the page Gradient flow."
    )


def _choose_x() -> float:
    x = st.slider("x", -REACH, REACH, 0.0, 0.1, key="x", bind="query-params")
    return float(x) if -REACH <= x <= REACH else 0.0


def _show_one(name: str, x: float) -> None:
    each, at = ACTIVATIONS[name], activation_at(name, x)
    with st.container():
        st.markdown(f"**{each.title}**  \n${each.formula}$, slope ${each.slope_formula}$")
        st.markdown(
            f"At x = {x:g} the value is **{at.value:.4g}** and the slope **{at.slope:.4g}**, of at "
            f"most {largest_slope(name):g}.".replace("-", "\N{MINUS SIGN}")
        )
        st.caption(each.says)


def _chart(curves: pd.DataFrame, column: str, x: float) -> None:
    titles = [each.title for each in ACTIVATIONS.values()]
    here = pd.DataFrame(
        [
            {"x": x, "activation": each.title, column: getattr(activation_at(name, x), column)}
            for name, each in ACTIVATIONS.items()
        ]
    )
    # ReLU would leave the others a flat line: what is above 2 is cut.
    top = {"domain": [-1.1, 2]} if column == "value" else {"domain": [0, 1.1]}
    colour = {
        "field": "activation",
        "title": None,
        "sort": titles,
        "scale": {"domain": titles, "range": list(CATEGORIES[:3])},
        "legend": {"orient": "top"},
    }
    across = {"field": "x", "type": "quantitative", "title": "x"}
    up = {"field": column, "type": "quantitative", "title": None, "scale": top}
    points = {"values": here.to_dict("records")}
    st.vega_lite_chart(
        curves,
        {
            "height": 320,
            "encoding": {"x": across, "y": up, "color": colour},
            "layer": [
                {"mark": {"type": "line", "strokeWidth": 3, "clip": True}},
                {
                    "data": points,
                    "mark": {"type": "point", "filled": True, "size": 140, "clip": True},
                },
            ],
        },
        width="stretch",
        alt=f"{column} of ReLU, tanh and sigmoid from {-REACH:g} to {REACH:g}, with x = {x:g}",
    )
