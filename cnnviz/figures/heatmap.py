"""Maps in [0, 1] as colours, alone and over a photo."""

from collections.abc import Sequence

import numpy as np
from plotly.colors import hex_to_rgb, sequential

# Perceptually uniform, and readable in grey and by the colour-blind; never jet.
COLOURS = sequential.Viridis


def coloured(values: np.ndarray) -> np.ndarray:
    """Colours uint8 (H, W, 3) of values in [0, 1], (H, W): dark blue is 0, yellow is 1."""
    return mixed(values, [hex_to_rgb(colour) for colour in COLOURS])


def mixed(values: np.ndarray, colours: Sequence[tuple[float, ...]]) -> np.ndarray:
    """Colours uint8 (..., 3) of values in [0, 1], (...), between colours at equal distances."""
    stops = np.linspace(0, 1, len(colours))
    channels = [np.interp(values, stops, channel) for channel in zip(*colours, strict=True)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def overlay(photo: np.ndarray, values: np.ndarray, opacity: float) -> np.ndarray:
    """A photo under a coloured map: a x colour + (1 - a) x photo with a = opacity x value.

    Where the map is 0 the photo stays as it is, so that one sees what it is a photo of.

    Args:
        photo: uint8 (H, W, 3).
        values: In [0, 1], (H, W).
        opacity: In [0, 1]: how much of the photo is covered where the map is 1.
    """
    covered = (opacity * values)[..., np.newaxis]
    laid_over: np.ndarray = covered * coloured(values) + (1 - covered) * photo
    return laid_over.round().astype(np.uint8)
