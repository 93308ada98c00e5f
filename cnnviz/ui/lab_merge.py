"""Add against concatenate: on small tensors of numbers and on the maps of a photo."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
import torch

from cnnviz.figures.number_tiles import Tile, number_tiles
from cnnviz.figures.theme import CATEGORIES
from cnnviz.lab.design import cost
from cnnviz.lab.merging import (
    MERGING,
    Merged,
    MergingPreset,
    Settings,
    features,
    kept_energy,
    merged,
    merging_designs,
    sums_of_addition,
)
from cnnviz.ui.filter_view import classic_picture, grey_photo
from cnnviz.ui.lab_controls import (
    choose_over,
    choose_preset,
    choose_settings,
    write_numbers,
    write_settings,
)
from cnnviz.ui.lab_design import COLUMNS, cells
from cnnviz.ui.number_cells import show_cells
from cnnviz.ui.photo_controls import choose_photo
from cnnviz.vision.filters import CLASSIC_FILTERS, ClassicFilter, filtered

KEY = "merge"
PRESETS = {preset.title: preset for preset in MERGING}
FIRST, SECOND, BOTH = CATEGORIES[0], CATEGORIES[1], CATEGORIES[2]


def show_merge() -> None:
    """The whole section."""
    with st.sidebar:
        over = choose_over()
    if over == "photo":
        _show_photo()
        _show_cost(MERGING[0])
        return
    with st.sidebar:
        preset = PRESETS.get(choose_preset(list(PRESETS), "merged", _follow_preset)) or MERGING[0]
    _show_numbers(preset)
    _show_cost(preset)


def _follow_preset() -> None:
    preset = PRESETS[st.session_state["merged"]]
    st.session_state["add_first"], st.session_state["add_second"] = preset.first, preset.second
    write_settings(Settings, KEY, preset.settings)


def _show_numbers(preset: MergingPreset) -> None:
    with st.sidebar:
        first = write_numbers("First tensor", "add_first", preset.first)
        second = write_numbers("Second tensor", "add_second", preset.second)
    try:
        found = merged(features(first, "first"), features(second, "second"))
    except ValueError as error:
        st.markdown(preset.says)
        st.error(str(error), icon=":material/calculate:")
        return
    st.markdown(preset.says)
    _show_operands()
    left, right = st.columns(2, border=True)
    with left:
        _show_added(found)
    with right:
        colours = [FIRST] * len(found.first) + [SECOND] * len(found.second)
        st.subheader(f"Concatenated: {_shape(found.concatenated)}")
        st.html(_tiles(found.concatenated, colours, "Concatenated"))
        st.caption("Every channel stays as it was; their numbers of channels are added up.")
    st.caption(
        "Type other numbers into the cells, or other sizes in the sidebar. One row is a vector, "
        "each number a channel of 1 x 1; "
        "maps have rows by semicolons, and channels by bars: 1 0; 2 1 | 0 3; 1 0."
    )


def _show_operands() -> None:
    left, right = st.columns(2)
    with left:
        show_cells("add_first", "First", colour=FIRST)
    with right:
        show_cells("add_second", "Second", colour=SECOND)


def _show_added(found: Merged) -> None:
    if found.added is None:
        st.subheader("Added: refused")
        st.warning(found.refused, icon=":material/block:")
        return
    st.subheader(f"Added: {_shape(found.added)}")
    st.html(_tiles(found.added, [BOTH] * len(found.added), "Added"))
    st.caption("As many channels as each had; which part came from where cannot be told any more.")


def _tiles(tensor: torch.Tensor, colours: list[str], title: str) -> str:
    channels = zip(tensor.numpy(), colours, strict=True)
    named = tensor.shape[1:] != (1, 1)
    tiles = [
        Tile(numbers, f"channel {index}" if named else "", colour)
        for index, (numbers, colour) in enumerate(channels)
    ]
    return number_tiles(tiles, title)


def _shape(tensor: torch.Tensor) -> str:
    return " x ".join(map(str, tensor.shape))


def _show_photo() -> None:
    with st.sidebar:
        photo = choose_photo()
        first = _choose_kernel("First kernel", "add_kernel", "sobel-horizontal")
        second = _choose_kernel("Second kernel", "concat_kernel", "sobel-vertical")
    if photo is None:
        st.info("Choose a photo in the sidebar.")
        return
    pixels = grey_photo(photo)
    one, two = filtered(pixels, first.kernel), filtered(pixels, second.kernel)
    rows, columns = pixels.shape
    left, right = st.columns(2, border=True)
    with left:
        st.subheader(f"Added: 1 x {rows} x {columns}")
        st.image(
            _picture(one + two, first, second),
            "the sum of both maps",
            width="stretch",
            alt=f"The map of {first.title} plus that of {second.title}",
        )
    with right:
        st.subheader(f"Concatenated: 2 x {rows} x {columns}")
        pictures = [classic_picture(first, one), classic_picture(second, two)]
        with st.grid(2, min_column_width=130):
            for each, picture in zip((first, second), pictures, strict=True):
                st.image(picture, each.title, width="stretch", alt=f"The map of {each.title}")
    _say_kept(one, two)


def _choose_kernel(label: str, key: str, default: str) -> ClassicFilter:
    by_title = {each.title: each for each in CLASSIC_FILTERS.values()}
    start = CLASSIC_FILTERS[default]
    title = st.selectbox(
        label, list(by_title), list(CLASSIC_FILTERS).index(default), key=key, bind="query-params"
    )
    return by_title.get(title) or start


def _picture(values: np.ndarray, first: ClassicFilter, second: ClassicFilter) -> np.ndarray:
    """The sum as the one of both that finds changes is drawn, so that signs are seen."""
    return classic_picture(first if first.finds_changes else second, values)


def _say_kept(one: np.ndarray, two: np.ndarray) -> None:
    share = kept_energy(torch.from_numpy(one), torch.from_numpy(two))
    st.markdown(
        f"The sum's squares add up to **{share:.2f}** x those of the two maps apart: 1 where they "
        "never meet or in the mean neither help nor cancel each other, 0 where they cancel, 2 "
        "where they are the same. Concatenated, both are there, and the next layer may still add "
        "them: a 1x1 convolution with weights 1 and 1 does just that."
    )


def _show_cost(preset: MergingPreset) -> None:
    st.subheader("What the next convolution costs")
    with st.sidebar:
        settings = choose_settings(Settings, KEY, preset.settings)
    designs = merging_designs(settings)
    rows = [(design.title, *cells(cost(design))) for design in designs]
    st.table(
        pd.DataFrame(rows, columns=COLUMNS)
        .set_index("Design")
        .drop(columns=["Receptive field", "ReLUs in a row"]),
        border="horizontal",
        alt="What the convolution behind each way costs",
    )
    if len(designs) == 1:
        st.warning(
            f"Addition must have as many channels on both sides; received {settings.first} and "
            f"{settings.second}.",
            icon=":material/block:",
        )
        return
    found = [cost(design) for design in designs]
    st.markdown(
        f"After concatenation a {settings.kernel_size}x{settings.kernel_size} convolution reads "
        f"{settings.first + settings.second} maps instead of {settings.first}: "
        f"**{found[1].params / found[0].params:g} x the parameters and "
        f"{found[1].macs / found[0].macs:g} x the MACs**. Adding itself takes "
        f"{sums_of_addition(settings):,} additions, concatenating none."
    )
