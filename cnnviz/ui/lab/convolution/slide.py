"""Slide the kernel: every sum term by term, over numbers or over a small photo."""

from __future__ import annotations

import streamlit as st
import torch

from cnnviz.lab.grid import grid
from cnnviz.lab.presets import SLIDING, SlidingPreset
from cnnviz.lab.sliding import Settings, Slide, slide, written_size
from cnnviz.ui.lab.controls import (
    choose_over,
    choose_preset,
    choose_settings,
    found_or_say,
    write_settings,
)
from cnnviz.ui.lab.convolution.kernel import Kernel, choose_kernel, complete_bias, follow_preset
from cnnviz.ui.lab.convolution.sliding import slide_data
from cnnviz.ui.lab.convolution.window import choose_small_photo, show_window
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import write_text

KEY = "slide"
PRESETS = {preset.title: preset for preset in SLIDING}


def show_slide() -> None:
    """The whole section."""
    with st.sidebar:
        preset = _choose_preset()
        over = choose_over(preset.over)
    found = found_or_say(lambda: _choose_slide(preset, over))
    if found is None:
        return
    if over == preset.over:
        st.markdown(preset.says)
    _say_sizes(found)
    if any(found.unread):
        st.caption(
            "No window reads the cells that are struck out in pink: at the next position it "
            "would hang over the edge."
        )
    data = slide_data(found, f"{over} {found.read.shape} {found.weight.shape}", over == "numbers")
    texts = {"kernel": "kernel", "bias": "bias", **({"grid": "grid"} if over == "numbers" else {})}
    show_window(data, KEY, texts, complete_bias)
    st.caption(
        "Press Play, step with the arrow keys, or drag the slider. Type another number into a "
        "cell: all sums follow, and the address keeps them."
    )


def _choose_slide(preset: SlidingPreset, over: str) -> Slide:
    """Draw the controls of the kernel, of what it slides over, and of how.

    Raises:
        ValueError: They do not fit together.
    """
    with st.sidebar:
        what = choose_kernel(preset, over)
    image = _image(over, preset, what)
    with st.sidebar:
        settings = choose_settings(Settings, KEY, preset.settings)
    weight = what.as_torch_keeps_it(settings.transposed)
    return slide(image, weight, settings, what.bias, what.groups)


def _choose_preset() -> SlidingPreset:
    title = choose_preset(list(PRESETS), address.EXAMPLE, _follow_preset)
    return PRESETS.get(title) or SLIDING[0]


def _follow_preset() -> None:
    preset = PRESETS[st.session_state[address.EXAMPLE]]
    st.session_state[address.OVER] = preset.over
    st.session_state[address.GRID] = preset.grid
    follow_preset(preset)
    write_settings(Settings, KEY, preset.settings)


def _image(over: str, preset: SlidingPreset, what: Kernel) -> torch.Tensor:
    """What the kernel slides over.

    Raises:
        ValueError: What is written is no grid, or there is no photo.
    """
    with st.sidebar:
        if over == "photo":
            return choose_small_photo(3 if what.channels == 3 else 1)
        return grid(write_text("The input's numbers", address.GRID, preset.grid))


def _say_sizes(found: Slide) -> None:
    filters, rows, columns = found.output.shape
    height, width = written_size(found, 0), written_size(found, 1)
    same = found.image.shape[1] == found.image.shape[2] and height == width
    size = f"Side: **{height}**" if same else f"Height: **{height}**  \nWidth: **{width}**"
    filter_size = " x ".join(map(str, found.weight.shape[1:]))
    st.markdown(
        f"{size}  \nA sum has {filter_size} = **{found.terms} products** and a bias; {filters} x "
        f"{rows} x {columns} sums are {found.output.numel():,} outputs and "
        f"**{found.products.numel():,} multiplications**. Parameters: {filters} x ({filter_size} "
        f"+ 1) = **{found.weight.numel() + filters}**."
    )
