"""The section on convolution: every sum term by term, over numbers or over a small photo."""

import streamlit as st
import torch

from cnnviz.lab.grid import grid
from cnnviz.lab.presets import SLIDING, SlidingPreset
from cnnviz.lab.sliding import Settings, Slide, slide, written_size
from cnnviz.ui.lab.controls import (
    choose_over,
    choose_preset,
    choose_settings,
    computed_or_error,
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
    """Draw the section on convolution."""
    with st.sidebar:
        preset = _choose_preset()
        over = choose_over(preset.over)
    sliding = computed_or_error(lambda: _choose_slide(preset, over))
    if sliding is None:
        return
    if over == preset.over:
        st.markdown(preset.says)
    _say_sizes(sliding)
    if any(sliding.unread):
        st.caption(
            "No window reads the cells struck out in pink: the next position would "
            "exceed the input."
        )
    data = slide_data(
        sliding, f"{over} {sliding.read.shape} {sliding.weight.shape}", over == "numbers"
    )
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
    weight = what.in_torch_layout(settings.transposed)
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
    """The input that the kernel slides over.

    Raises:
        ValueError: What is written is no grid, or there is no photo.
    """
    with st.sidebar:
        if over == "photo":
            return choose_small_photo(3 if what.channels == 3 else 1)
        return grid(write_text("Input values", address.GRID, preset.grid))


def _say_sizes(sliding: Slide) -> None:
    filters, rows, columns = sliding.output.shape
    height, width = written_size(sliding, 0), written_size(sliding, 1)
    same = sliding.image.shape[1] == sliding.image.shape[2] and height == width
    size = f"Side: **{height}**" if same else f"Height: **{height}**  \nWidth: **{width}**"
    filter_size = " x ".join(map(str, sliding.weight.shape[1:]))
    st.markdown(
        f"{size}  \nEach output sums {filter_size} = **{sliding.terms} products** plus a bias; "
        f"{filters} x {rows} x {columns} = {sliding.output.numel():,} outputs need "
        f"**{sliding.products.numel():,} multiplications**. Parameters: {filters} x ({filter_size} "
        f"+ 1) = **{sliding.weight.numel() + filters}**."
    )
