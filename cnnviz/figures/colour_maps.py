"""Values as colours: those in [0, 1] in viridis, signed ones in blue and red; and over a photo."""

from collections.abc import Sequence

import numpy as np
from plotly.colors import diverging, hex_to_rgb, sequential, unlabel_rgb

# Perceptually uniform, and readable in grey and by the colour-blind; never jet.
VIRIDIS = sequential.Viridis
# ColorBrewer's; blue and red are told apart by the colour-blind, as green and red are not.
SIGNED = diverging.RdBu[::-1]


def coloured(values: np.ndarray) -> np.ndarray:
    """Colours uint8 (..., 3) of values in [0, 1], (...): dark blue is 0, yellow is 1."""
    return _between(values, [hex_to_rgb(colour) for colour in VIRIDIS])


def signed(values: np.ndarray) -> np.ndarray:
    """Colours uint8 (..., 3) of values in [-1, 1], (...): dark blue is -1, dark red is 1."""
    return _between((values + 1) / 2, [unlabel_rgb(colour) for colour in SIGNED])


def _between(values: np.ndarray, colours: Sequence[tuple[float, ...]]) -> np.ndarray:
    """Colours of values in [0, 1] between colours at equal distances."""
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
    return covered(photo, coloured(values), opacity * values)


def covered(photo: np.ndarray, colours: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """A photo, uint8 (H, W, 3), of whose pixels colours cover shares in [0, 1], (H, W)."""
    shares = shares[..., np.newaxis]
    mixed: np.ndarray = shares * colours + (1 - shares) * photo
    return mixed.round().astype(np.uint8)
