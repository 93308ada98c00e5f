"""The section on activation functions, normalisation and dropout."""

import pandas as pd
import streamlit as st
import torch

from cnnviz.figures.images.number_tiles import Tile, number_tiles
from cnnviz.figures.theme import CATEGORIES
from cnnviz.lab.activations import (
    ACTIVATIONS,
    FLAT,
    REACH,
    Activated,
    activated,
    activation_at,
    activation_curves,
    largest_slope,
)
from cnnviz.lab.grid import grid
from cnnviz.ui.lab.activations.batch_norm import show_batch
from cnnviz.ui.lab.activations.dropout import show_dropout
from cnnviz.ui.lab.activations.response_norm import show_response
from cnnviz.ui.lab.controls import choose_over, says_errors
from cnnviz.ui.lab.figures import show_maps
from cnnviz.ui.lab.network import FirstConvolution, show_on_photo
from cnnviz.ui.lab.number_cells import show_cells
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound, show_chosen_view, write_text

FIRST = "-3 -1 0; 0.5 1 2"
COLOURS = dict(zip(ACTIVATIONS, CATEGORIES, strict=False))
READ = CATEGORIES[3]


def show_activate() -> None:
    """Draw the section on activations and normalisation."""
    parts = {
        "activations": ("Activation functions", show_curves),
        "local response norm": ("Local response normalisation", show_response),
        "batch norm": ("Batch normalisation", show_batch),
        "dropout": ("Dropout", show_dropout),
    }
    show_chosen_view(parts, address.PART, label="Part", is_labelled=False)


def show_curves() -> None:
    """Draw ReLU, tanh and sigmoid on a grid of numbers and as curves, or on a photo's maps."""
    with st.sidebar:
        over = choose_over()
    if over == "photo":
        show_on_photo(_show_photo)
        return
    with st.sidebar:
        written = write_text("Input values x", address.ACTIVATED, FIRST)
    left, right = st.columns(2)
    with left:
        numbers = says_errors(grid)(written, "x")
        if numbers is not None:
            show_cells("activate_x", "x, a grid of numbers", colour=READ)
    x = right.slider("x on the curves", -REACH, REACH, 0.0, 0.1, **bound(address.X))
    x = float(x) if -REACH <= x <= REACH else 0.0
    with st.grid(3, min_column_width=230, border=True):
        for name in ACTIVATIONS:
            _show_one(name, x, numbers)
    _show_charts(x)


def _show_one(name: str, x: float, numbers: torch.Tensor | None) -> None:
    each, at = ACTIVATIONS[name], activation_at(name, x)
    with st.container():
        st.markdown(f"**{each.title}**  \n${each.formula}$, slope ${each.slope_formula}$")
        if numbers is not None:
            st.html(_tiles(name, activated(name, numbers)))
        st.markdown(
            f"At x = {x:g} the value is **{at.value:.4g}** and the slope **{at.slope:.4g}**, of at "
            f"most {largest_slope(name):g}.".replace("-", "\N{MINUS SIGN}")
        )
        st.caption(each.says)


def _tiles(name: str, activation: Activated) -> str:
    """Values, then slopes, a tile a channel."""
    tiles = [
        Tile(channel.numpy(), f"{what}, channel {k}" if len(numbers) > 1 else what, COLOURS[name])
        for what, numbers in (("f(x)", activation.values), ("slope f'(x)", activation.slopes))
        for k, channel in enumerate(numbers, 1)
    ]
    return number_tiles(tiles, ACTIVATIONS[name].title)


def _show_charts(x: float) -> None:
    curves = activation_curves()
    titles = {
        "value": "**f(x)**: the output",
        "slope": "**f'(x)**: the slope, by which the gradient is multiplied in the backward pass",
    }
    for place, column in zip(st.columns(2), titles, strict=True):
        with place:
            st.markdown(titles[column])
            _chart(curves, column, x)
    st.caption(
        "Slopes by torch's autograd. Two sigmoids at 0 with weights 0.6 and 0.7 leave "
        "0.25 x 0.6 x 0.25 x 0.7 = 0.02625 of a gradient: the slides' example, to play with on "
        "the page Gradient flow."
    )


def _show_photo(first: FirstConvolution) -> None:
    maps = first.handed_on
    st.markdown(first.says)
    read = torch.from_numpy(maps)
    with st.grid(4, min_column_width=250):
        with st.container():
            st.markdown("**x**, before")
            show_maps(maps, f"{len(maps)} maps of {maps.shape[1]} x {maps.shape[2]}.")
        for name, each in ACTIVATIONS.items():
            with st.container():
                st.markdown(f"**{each.title}**")
                _show_activated(activated(name, read))
    st.caption(
        f"A function is flat at a number where its slope is below {FLAT:g} of its largest (1 of "
        "ReLU and tanh, 0.25 of sigmoid): hardly any gradient passes there, and "
        "tanh and sigmoid are called saturated. Shares are of all numbers of all maps."
    )


def _show_activated(activation: Activated) -> None:
    show_maps(activation.values.numpy(), "")
    st.markdown(
        f"0 at **{activation.zeros:.1%}**, flat at **{activation.flat:.1%}** of the numbers."
    )


def _chart(curves: pd.DataFrame, column: str, x: float) -> None:
    titles = [each.title for each in ACTIVATIONS.values()]
    here = [
        {"x": x, "activation": each.title, column: getattr(activation_at(name, x), column)}
        for name, each in ACTIVATIONS.items()
    ]
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
    line = {"type": "line", "strokeWidth": 3, "clip": True}
    point = {"type": "point", "filled": True, "size": 140, "clip": True}
    chart = {
        "height": 320,
        "encoding": {"x": across, "y": up, "color": colour},
        "layer": [{"mark": line}, {"data": {"values": here}, "mark": point}],
    }
    alt = f"{column} of ReLU, tanh and sigmoid from {-REACH:g} to {REACH:g}, with x = {x:g}"
    st.vega_lite_chart(curves, chart, width="stretch", alt=alt)
