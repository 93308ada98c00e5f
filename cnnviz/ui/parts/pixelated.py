"""Enlarge small images without smoothing."""

import numpy as np

LEAST = 160  # px


def pixelated(picture: np.ndarray) -> np.ndarray:
    """A picture enlarged a whole number of times, without smoothing, to at least ``LEAST`` px.

    Args:
        picture: uint8 (H, W, 3).
    """
    times = -(-LEAST // max(picture.shape[:2]))
    return picture.repeat(times, axis=0).repeat(times, axis=1)
