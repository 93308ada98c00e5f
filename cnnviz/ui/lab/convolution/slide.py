"""The section on convolution: every sum term by term, over numbers or over a small photo."""

import streamlit as st

from cnnviz.lab.grid import grid
from cnnviz.lab.presets import SLIDING, SlidingPreset
from cnnviz.lab.sliding import Settings, Slide, slide, written_size
from cnnviz.ui.lab.controls import (
    choose_over,
    choose_preset,
    choose_settings,
    says_errors,
    write_settings,
)
from cnnviz.ui.lab.convolution.kernel import choose_kernel, complete_bias, follow_preset
from cnnviz.ui.lab.convolution.sliding import show_window, slide_data
from cnnviz.ui.lab.network import choose_small_photo
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import write_text

KEY = "slide"
PRESETS = {preset.title: preset for preset in SLIDING}


@says_errors
def show_slide() -> None:
    """Draw the section on convolution."""
    with st.sidebar:
        preset = choose_preset(PRESETS, address.EXAMPLE, _follow_preset)
        over = choose_over(preset.over)
        sliding = _choose_slide(preset, over)
    if over == preset.over:
        st.markdown(preset.says)
    _say_sizes(sliding)
    if any(sliding.unread):
        st.caption(
            "No window reads the cells struck out in pink: the next position would "
            "exceed the input."
        )
    is_editable = over == "numbers"
    data = slide_data(sliding, f"{over} {sliding.read.shape} {sliding.weight.shape}", is_editable)
    texts = {"kernel": "kernel", "bias": "bias", **({"grid": "grid"} if is_editable else {})}
    show_window(data, KEY, texts, complete_bias)
    st.caption(
        "Press Play, step with the arrow keys, or drag the slider. Type another number into a "
        "cell: all sums follow, and the address keeps them."
    )


def _choose_slide(preset: SlidingPreset, over: str) -> Slide:
    """Draw the controls of the kernel, of what it slides over, and of how.

    Raises:
        ValueError: They do not fit together, what is written is no grid, or there is no photo.
    """
    kernel = choose_kernel(preset, over)
    if over == "photo":
        image = choose_small_photo(3 if kernel.channels == 3 else 1)
    else:
        image = grid(write_text("Input values", address.GRID, preset.grid))
    settings = choose_settings(Settings, KEY, preset.settings)
    weight = kernel.in_torch_layout(settings.transposed)
    return slide(image, weight, settings, kernel.bias, kernel.groups)


def _follow_preset(preset: SlidingPreset) -> None:
    st.session_state[address.OVER], st.session_state[address.GRID] = preset.over, preset.grid
    follow_preset(preset)
    write_settings(Settings, KEY, preset.settings)


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
