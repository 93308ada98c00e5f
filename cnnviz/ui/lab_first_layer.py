"""Why not fully connected: weights of a first layer by the image's side."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from cnnviz.figures.theme import CATEGORIES, count_text
from cnnviz.hyperparameters import Config, choice
from cnnviz.lab.first_layer import SIDES, FirstLayer, by_side, first_layer
from cnnviz.ui.lab_controls import choose_settings

IDEAS = {
    "fully_connected": "fully connected",
    "locally_connected": "windows of their own weights",
    "shared": "one window, shared: convolution",
}


@dataclass(frozen=True)
class Settings(Config):
    """A first layer."""

    side: int = choice(*SIDES, default=1024, unit="px", help="Of the image, which is RGB.")
    units: int = choice(
        *(1, 10, 100, 1000, 4096), default=4096, unit="units", help="Of the fully connected layer."
    )
    kernel_size: int = choice(3, 5, 7, 11, default=5, unit="px", help="Side of a window.")
    maps: int = choice(
        *(1, 6, 16, 64, 96), default=16, unit="maps", help="With a window at every pixel."
    )


def show_first_layer() -> None:
    """The whole section."""
    with st.sidebar:
        settings = choose_settings(Settings, "first", {})
    found = first_layer(settings.side, settings.units, settings.kernel_size, settings.maps)
    _say(settings, found)
    table = by_side(settings.units, settings.kernel_size, settings.maps)
    _chart(table)
    st.caption("Weights without biases. Both axes are logarithmic.")


def _say(s: Settings, found: FirstLayer) -> None:
    st.markdown(
        f"One unit that reads all of a {s.side} x {s.side} x 3 image has **{found.one_unit:,} "
        f"weights**; on the slide a 1024 x 1024 image needs 3 x 2²⁰ = 3,145,728."
    )
    window = f"{s.kernel_size} x {s.kernel_size} x 3"
    columns = st.columns(3)
    columns[0].metric(
        f"Fully connected, {s.units:,} units",
        count_text(found.fully_connected),
        border=True,
        help=f"{s.units:,} x {found.one_unit:,}",
    )
    columns[1].metric(
        "Local connectivity",
        count_text(found.locally_connected),
        border=True,
        help=f"{s.maps} maps, a window of {window} at each of {s.side} x {s.side} pixels",
    )
    columns[2].metric(
        "and parameter sharing",
        count_text(found.shared),
        border=True,
        help=f"{s.maps} windows of {window}, the same everywhere: a convolution",
    )


def _chart(table: pd.DataFrame) -> None:
    long = table.rename(columns=IDEAS).melt("side", var_name="idea", value_name="weights")
    axis = {"scale": {"type": "log"}, "axis": {"format": "~s"}}
    side = {"scale": {"type": "log", "base": 2}, "axis": {"values": list(SIDES)}}
    st.vega_lite_chart(
        long,
        {
            "mark": {"type": "line", "point": True, "strokeWidth": 3},
            "height": 380,
            "encoding": {
                "x": {
                    "field": "side",
                    "type": "quantitative",
                    "title": "side of the image (px)",
                    **side,
                },
                "y": {"field": "weights", "type": "quantitative", "title": "weights", **axis},
                "color": {
                    "field": "idea",
                    "title": None,
                    "sort": list(IDEAS.values()),
                    "scale": {"range": list(CATEGORIES[:3])},
                    "legend": {"orient": "top", "columns": 1, "labelLimit": 0},
                },
            },
        },
        width="stretch",
        alt="Weights of a first layer by the image's side: only the convolution's do not grow.",
    )
