"""Parts of an image: cut out, or framed in the dimmed image."""

import numpy as np

PADDING = 128  # mid-grey beyond the image
DIMMED = 0.3  # of the brightness


def patch(picture: np.ndarray, first: tuple[int, int], last: tuple[int, int]) -> np.ndarray:
    """The part of a picture from one pixel to another, grey where it reaches beyond the picture.

    Where the part is at least as high (or wide) as the picture, all of that side is taken.

    Args:
        picture: uint8 (H, W, 3).
        first: Row and column of the first pixel, perhaps outside of the picture.
        last: Row and column of the last one.
    """
    (top, bottom), (left, right) = (
        (0, side - 1) if b - a + 1 >= side else (a, b)
        for a, b, side in zip(first, last, picture.shape[:2], strict=True)
    )
    cut = np.full((bottom - top + 1, right - left + 1, 3), PADDING, np.uint8)
    rows = slice(max(top, 0), min(bottom + 1, picture.shape[0]))
    columns = slice(max(left, 0), min(right + 1, picture.shape[1]))
    inside = picture[rows, columns]
    down, across = rows.start - top, columns.start - left
    cut[down : down + inside.shape[0], across : across + inside.shape[1]] = inside
    return cut


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
