"""Slide the kernel: every sum term by term, over numbers or over a small photo."""

from __future__ import annotations

import streamlit as st
import torch

from cnnviz.lab.grid import grid
from cnnviz.lab.presets import KERNELS, SLIDING, SlidingPreset
from cnnviz.lab.sliding import Settings, Slide, slide, written_size
from cnnviz.ui.lab_controls import (
    choose_over,
    choose_preset,
    choose_settings,
    kernel,
    write_numbers,
    write_settings,
)
from cnnviz.ui.lab_window import choose_small_photo, show_window
from cnnviz.ui.sliding import slide_data

KEY = "slide"
PRESETS = {preset.title: preset for preset in SLIDING}
OWN = "(as written)"


def show_slide() -> None:
    """The whole section."""
    with st.sidebar:
        over = choose_over()
        preset = _choose_preset()
        settings = _choose_settings(preset)
    try:
        image, weight, groups = _numbers(over, preset, settings)
        found = slide(image, weight, settings or Settings(), groups=groups)
    except ValueError as error:
        st.error(str(error), icon=":material/calculate:")
        return
    if over == "numbers":
        st.markdown(preset.says)
    _say_sizes(found)
    data = slide_data(found, f"{over} {found.read.shape} {found.weight.shape}", over == "numbers")
    show_window(data, KEY, {"grid": "grid", "kernel": "kernel"})
    st.caption(
        "Press Play, step with the arrow keys, or drag the slider. Type another number into a "
        "cell: all sums follow, and the address keeps them."
    )


def _choose_preset() -> SlidingPreset:
    title = choose_preset(list(PRESETS), "example", _follow_preset)
    return PRESETS.get(title) or SLIDING[0]


def _follow_preset() -> None:
    preset = PRESETS[st.session_state["example"]]
    st.session_state["grid"], st.session_state["kernel"] = preset.grid, preset.kernel
    st.session_state["groups"] = preset.groups
    st.session_state["filter"] = OWN
    write_settings(Settings, KEY, preset.settings)


def _choose_settings(preset: SlidingPreset) -> Settings | None:
    """The settings, or None after saying which of them clash."""
    try:
        return choose_settings(Settings, KEY, preset.settings)
    except ValueError as error:
        st.error(str(error), icon=":material/calculate:")
        return None


def _numbers(
    over: str, preset: SlidingPreset, settings: Settings | None
) -> tuple[torch.Tensor, torch.Tensor, int]:
    """The image, the kernel as torch keeps it, and the groups.

    Raises:
        ValueError: What is written is no grid.
    """
    with st.sidebar:
        st.selectbox("Kernel", [OWN, *KERNELS], key="filter", on_change=_follow_kernel)
        weight = kernel(write_numbers("Its numbers", "kernel", preset.kernel))
        groups = st.select_slider(
            "Groups",
            (1, 2, 3, 4),
            preset.groups,
            key="groups",
            bind="query-params",
            help="Into so many the channels are divided; as many as channels: depthwise.",
        )
        if over == "photo":
            image = choose_small_photo(3 if weight.shape[1] * groups == 3 else 1)
        else:
            image = grid(write_numbers("The input's numbers", "grid", preset.grid))
    if settings and settings.transposed:
        weight = weight.transpose(0, 1)
    return image, weight, groups


def _follow_kernel() -> None:
    chosen = st.session_state["filter"]
    if chosen in KERNELS:
        st.session_state["kernel"], st.session_state["groups"] = KERNELS[chosen], 1


def _say_sizes(found: Slide) -> None:
    filters, rows, columns = found.output.shape
    height, width = written_size(found, 0), written_size(found, 1)
    same = found.image.shape[1] == found.image.shape[2] and height == width
    size = f"Side: **{height}**" if same else f"Height: **{height}**  \nWidth: **{width}**"
    kernel_size = " x ".join(map(str, found.weight.shape[1:]))
    st.markdown(
        f"{size}  \nA sum has {kernel_size} = **{found.terms} products**; {filters} x {rows} x "
        f"{columns} sums are {found.output.numel():,} outputs and "
        f"**{found.products.numel():,} multiplications**, with {found.weight.numel()} weights."
    )
