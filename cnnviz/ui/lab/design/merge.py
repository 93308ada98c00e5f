"""The section on addition and concatenation of feature maps."""

import streamlit as st
import torch

from cnnviz.analysis.node import shape_text
from cnnviz.figures.images.number_tiles import Tile, number_tiles
from cnnviz.figures.theme import CATEGORIES
from cnnviz.lab.design import cost
from cnnviz.lab.merging import (
    Merged,
    Settings,
    features,
    merged,
    merging_designs,
    sums_of_addition,
)
from cnnviz.lab.presets import MERGING, MergingPreset
from cnnviz.ui.lab.controls import (
    choose_over,
    choose_preset,
    choose_settings,
    says_errors,
    write_settings,
)
from cnnviz.ui.lab.design.comparisons import show_costs
from cnnviz.ui.lab.design.merge_maps import show_merged_maps
from cnnviz.ui.lab.number_cells import show_cells
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import write_text
from cnnviz.ui.parts.layout import in_columns

KEY = "merge"
PRESETS = {preset.title: preset for preset in MERGING}
FIRST, SECOND, BOTH = CATEGORIES[0], CATEGORIES[1], CATEGORIES[2]


def show_merge() -> None:
    """Draw the section on addition and concatenation."""
    with st.sidebar:
        over = choose_over()
    if over == "photo":
        show_merged_maps()
        _show_cost(MERGING[0])
        return
    with st.sidebar:
        preset = choose_preset(PRESETS, address.MERGED, _follow_preset)
    _show_numbers(preset)
    _show_cost(preset)


def _follow_preset(preset: MergingPreset) -> None:
    st.session_state[address.ADD_FIRST] = preset.first
    st.session_state[address.ADD_SECOND] = preset.second
    write_settings(Settings, KEY, preset.settings)


@says_errors
def _show_numbers(preset: MergingPreset) -> None:
    with st.sidebar:
        first = write_text("First tensor", address.ADD_FIRST, preset.first)
        second = write_text("Second tensor", address.ADD_SECOND, preset.second)
    st.markdown(preset.says)
    pair = merged(features(first, "first"), features(second, "second"))
    in_columns(
        lambda: show_cells(address.ADD_FIRST, "First", colour=FIRST),
        lambda: show_cells(address.ADD_SECOND, "Second", colour=SECOND),
    )
    left, right = st.columns(2, border=True)
    with left:
        _show_added(pair)
    with right:
        colours = [FIRST] * len(pair.first) + [SECOND] * len(pair.second)
        st.subheader(f"Concatenated: {shape_text(pair.concatenated.shape)}")
        st.html(_tiles(pair.concatenated, colours, "Concatenated"))
        st.caption("Every channel is kept; the numbers of channels add up.")
    st.caption(
        "Type other numbers into the cells, or other sizes in the sidebar. One row is a vector, "
        "each number a channel of 1 x 1; "
        "maps have rows by semicolons, and channels by bars: 1 0; 2 1 | 0 3; 1 0."
    )


def _show_added(pair: Merged) -> None:
    if pair.added is None:
        st.subheader("Added: refused")
        st.warning(pair.refused, icon=":material/block:")
        return
    st.subheader(f"Added: {shape_text(pair.added.shape)}")
    st.html(_tiles(pair.added, [BOTH] * len(pair.added), "Added"))
    st.caption("The number of channels stays; the two inputs can no longer be told apart.")


def _tiles(tensor: torch.Tensor, colours: list[str], title: str) -> str:
    is_named = tensor.shape[1:] != (1, 1)
    names = [f"channel {index}" if is_named else "" for index in range(len(tensor))]
    return number_tiles(list(map(Tile, tensor.numpy(), names, colours)), title)


def _show_cost(preset: MergingPreset) -> None:
    st.subheader("Cost of the next convolution")
    with st.sidebar:
        settings = choose_settings(Settings, KEY, preset.settings)
    costs = {design.title: cost(design) for design in merging_designs(settings)}
    alt = "Cost of the next convolution after addition and after concatenation"
    show_costs(costs, alt, without=("Receptive field", "ReLUs in a row"))
    if len(costs) == 1:
        st.warning(
            f"Addition must have as many channels on both sides; received {settings.first} and "
            f"{settings.second}.",
            icon=":material/block:",
        )
        return
    added, concatenated = costs.values()
    st.markdown(
        f"After concatenation a {settings.kernel_size}x{settings.kernel_size} convolution reads "
        f"{settings.first + settings.second} maps instead of {settings.first}: "
        f"**{concatenated.params / added.params:g} x the parameters and "
        f"{concatenated.macs / added.macs:g} x the MACs**. Adding itself takes "
        f"{sums_of_addition(settings):,} additions, concatenating none."
    )
