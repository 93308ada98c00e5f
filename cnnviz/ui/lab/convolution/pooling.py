"""The section on pooling, over numbers or over a small photo."""

import streamlit as st

from cnnviz.lab.grid import grid
from cnnviz.lab.pooling import Pooled, Settings, pooled
from cnnviz.lab.presets import POOLING, PoolingPreset
from cnnviz.ui.lab.controls import (
    choose_over,
    choose_preset,
    choose_settings,
    says_errors,
    write_settings,
)
from cnnviz.ui.lab.convolution.sliding import pooled_data, show_window
from cnnviz.ui.lab.network import choose_small_photo
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import write_text

KEY = "pool"
PRESETS = {preset.title: preset for preset in POOLING}


@says_errors
def show_pool() -> None:
    """Draw the section on pooling."""
    with st.sidebar:
        over = choose_over()
        preset = choose_preset(PRESETS, address.POOLED, _follow_preset)
        settings = choose_settings(Settings, KEY, preset.settings)
        if over == "numbers":
            image = grid(write_text("Input values", address.POOL_GRID, preset.grid))
        else:
            image = choose_small_photo(3)
    pooling = pooled(image, settings)
    if over == "numbers":
        st.markdown(preset.says)
    _say_sizes(pooling)
    data = pooled_data(pooling, f"{over} {pooling.image.shape} {pooling.extent}", over == "numbers")
    show_window(data, KEY, {"grid": "pool_grid"})
    st.caption(
        "Pooling has no weights: nothing is learned here. Each channel is pooled on its own."
    )


def _follow_preset(preset: PoolingPreset) -> None:
    st.session_state[address.POOL_GRID] = preset.grid
    write_settings(Settings, KEY, preset.settings)


def _say_sizes(pooling: Pooled) -> None:
    maps, rows, columns = pooling.output.shape
    window = " x ".join(map(str, pooling.extent))
    each = f" in each of {maps} maps" if maps > 1 else ""
    st.markdown(
        f"{pooling.image.shape[1]} x {pooling.image.shape[2]} become **{rows} x {columns}**{each}; "
        f"each output summarises a window of {window}."
    )
