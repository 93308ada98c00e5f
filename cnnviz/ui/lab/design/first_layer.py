"""The section on fully connected first layers: their weights by the size of the image."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from cnnviz.figures.images.weight_curves import weight_curves
from cnnviz.figures.theme import count_text
from cnnviz.hyperparameters import Config, choice
from cnnviz.lab.first_layer import SIDES, FirstLayer, by_side, first_layer
from cnnviz.ui.lab.controls import choose_over, choose_settings
from cnnviz.ui.lab.design.first_sums import show_first_sums
from cnnviz.ui.photo.controls import Photo, choose_photo

IDEAS = {
    "fully_connected": "Fully connected",
    "locally_connected": "Locally connected (unshared weights)",
    "shared": "Convolution (shared weights)",
}
CHANNELS = 3


@dataclass(frozen=True)
class Side(Config):
    """The side of a square image."""

    side: int = choice(*SIDES, default=1024, unit="px", help="Of the image, which is RGB.")


@dataclass(frozen=True)
class Settings(Config):
    """The size of a first layer."""

    units: int = choice(
        *(1, 10, 100, 1000, 4096), default=4096, unit="units", help="Of the fully connected layer."
    )
    kernel_size: int = choice(3, 5, 7, 11, default=5, unit="px", help="Side of a window.")
    maps: int = choice(
        *(1, 6, 16, 64, 96), default=16, unit="maps", help="With a window at every pixel."
    )


def show_first_layer() -> None:
    """Draw the section on fully connected first layers."""
    with st.sidebar:
        over = choose_over()
        photo = choose_photo() if over == "photo" else None
        side = choose_settings(Side, "first", {}).side if over == "numbers" else 0
        settings = choose_settings(Settings, "first", {})
    if over == "numbers":
        _show_weights(settings, side, side, f"a {side} x {side} x 3 image", f"{side} x {side}")
        show_first_sums()
    elif photo is None:
        st.info("Choose a photo in the sidebar.")
    else:
        _show_photo(settings, photo)


def _show_photo(settings: Settings, photo: Photo) -> None:
    width, height = photo.size
    size = f"{width:,} x {height:,}"
    _show_weights(settings, width, height, f"your photo as it is, {size} x 3,", f"photo, {size}")
    smaller = first_layer(224, settings.units, settings.kernel_size, settings.maps)
    st.markdown(
        "So networks are given photos made smaller: of 224 x 224 x 3 one fully connected unit "
        f"would still have {smaller.one_unit:,} weights."
    )


def _show_weights(s: Settings, width: int, height: int, what: str, short: str) -> None:
    """One number for each idea, and their curves with the image marked."""
    layer = first_layer(height, s.units, s.kernel_size, s.maps, columns=width)
    st.markdown(
        f"One unit that reads all of {what} has **{layer.one_unit:,} weights**; on the slide a "
        "1024 x 1024 image needs 3 x 2²⁰ = 3,145,728."
    )
    _show_numbers(s, layer, f"{width:,} x {height:,}")
    _chart(by_side(s.units, s.kernel_size, s.maps, max_pixels=width * height), layer, short)
    st.caption(
        "Weights without biases. Both axes are logarithmic; how the pixels lie does not matter, "
        "only how many they are: 32² are 32 x 32 or 16 x 64."
    )


def _show_numbers(s: Settings, layer: FirstLayer, size: str) -> None:
    window = f"{s.kernel_size} x {s.kernel_size} x 3"
    titles = (
        f"Fully connected, {s.units:,} units",
        "Locally connected (unshared weights)",
        "Parameter sharing",
    )
    formulas = (
        f"{s.units:,} x {layer.one_unit:,}",
        f"{s.maps} maps, a window of {window} at each of {size} pixels",
        f"{s.maps} windows of {window}, the same everywhere: a convolution",
    )
    weights = (layer.fully_connected, layer.locally_connected, layer.shared)
    for place, title, count, text in zip(st.columns(3), titles, weights, formulas, strict=True):
        place.metric(title, count_text(count), border=True, help=text)


def _chart(table: pd.DataFrame, marked: FirstLayer, short: str) -> None:
    long = _long(table.drop(columns="side"))
    here = {"pixels": marked.one_unit // CHANNELS, **{idea: vars(marked)[idea] for idea in IDEAS}}
    st.vega_lite_chart(
        long,
        weight_curves(long, _long(pd.DataFrame([here])), short),
        width="stretch",
        alt=f"Weights of a first layer by the image's pixels, with {short} marked: only the "
        "convolution's do not grow.",
    )


def _long(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename(columns=IDEAS).melt("pixels", var_name="idea", value_name="weights")
