"""Where in a picture a crop is: the rest dimmed."""

from __future__ import annotations

import numpy as np

DIMMED = 0.3  # of the brightness


def framed(picture: np.ndarray, corner: tuple[int, int], side: int) -> np.ndarray:
    """The picture with what lies outside the crop dimmed, and a white line around the crop.

    Args:
        picture: uint8 (H, W, 3).
        corner: Row and column of the crop's top left pixel.
        side: Of the crop in pixels.
    """
    shown = np.rint(picture * DIMMED).astype(np.uint8)
    rows, columns = (slice(start, start + side) for start in corner)
    shown[rows, columns] = 255
    thick = max(1, side // 100)
    inside = tuple(slice(start + thick, start + side - thick) for start in corner)
    shown[inside] = picture[inside]
    return shown
