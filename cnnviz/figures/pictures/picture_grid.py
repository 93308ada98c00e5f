"""Small pictures side by side as one picture, every pixel a square."""

import numpy as np
from PIL import Image

GAP = 2  # px between pictures, transparent
MIN_SIDE = 96  # px of a picture; a browser smooths what it enlarges itself


def picture_grid(pictures: np.ndarray, across: int, least_side: int = MIN_SIDE) -> Image.Image:
    """Pictures in rows, left to right, enlarged a whole number of times; RGBA.

    Args:
        pictures: uint8 (N, H, W, C), C 1 or 3.
        across: How many stand in a row.
        least_side: What height and width are at least, in pixels.
    """
    count, height, width, _ = pictures.shape
    times = -(-least_side // max(height, width))
    large = np.broadcast_to(pictures, (count, height, width, 3))
    large = large.repeat(times, axis=1).repeat(times, axis=2)
    height, width = height * times, width * times
    rows = -(-count // across)
    grid = np.zeros((rows, height + GAP, across, width + GAP, 4), np.uint8)
    for number, picture in enumerate(large):
        grid[number // across, :height, number % across, :width, :3] = picture
        grid[number // across, :height, number % across, :width, 3] = 255
    flat = grid.reshape(rows * (height + GAP), across * (width + GAP), 4)
    return Image.fromarray(flat[:-GAP, :-GAP])
