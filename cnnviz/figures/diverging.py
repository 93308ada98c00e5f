"""Signed values as colours: blue below 0, nearly white at 0, red above."""

import numpy as np
from plotly.colors import diverging, unlabel_rgb

from cnnviz.figures.heatmap import mixed

# ColorBrewer's; blue and red are told apart by the colour-blind, as green and red are not.
COLOURS = diverging.RdBu[::-1]


def signed(values: np.ndarray) -> np.ndarray:
    """Colours uint8 (..., 3) of values in [-1, 1], (...): dark blue is -1, dark red is 1."""
    return mixed((values + 1) / 2, [unlabel_rgb(colour) for colour in COLOURS])
