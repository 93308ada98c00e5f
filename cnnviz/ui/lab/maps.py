"""All maps of a layer as one image that says its scale."""

import numpy as np
import streamlit as st

from cnnviz.figures.images.mosaic import enlarged, is_signed, mosaic, png
from cnnviz.vision.maps.statistics import largest

COLUMN = 480  # px


def show_maps(maps: np.ndarray, caption: str, reach: float | None = None) -> None:
    """Draw maps side by side on one colour scale.

    Args:
        maps: (K, H, W).
        caption: What they are, for the line below; how far the scale goes is added.
        reach: Where the scale ends; default at the largest absolute value.
    """
    end = largest([maps]) if reach is None else reach
    shown = mosaic(maps, np.full(len(maps), end, dtype=np.float32))
    caption = f"{caption} {_scale(maps, end)}"
    st.image(png(enlarged(shown, COLUMN)), caption, width="stretch", alt=caption)


def _scale(maps: np.ndarray, end: float) -> str:
    if is_signed(maps):
        return f"Blue is \N{MINUS SIGN}{end:.3g}, white 0, red {end:.3g}."
    return f"Dark is 0, yellow {end:.3g}."
