"""Small images side by side as one image."""

from math import ceil, sqrt

import numpy as np
from PIL import Image

from cnnviz.figures.colour_maps import signed

GAP = 2  # px between images, transparent
MIN_SIDE = 96  # px of an image; a browser smooths what it enlarges itself
GREY = 128  # between kernels


def tiled(tiles: np.ndarray, across: int, gap: int = 0, fill: int = 0) -> np.ndarray:
    """Tiles (N, h, w, ...) in rows, left to right, as one array.

    Args:
        tiles: Of any type.
        across: How many stand in a row.
        gap: Pixels between two tiles.
        fill: The value of the gaps, and where the last row ends early.
    """
    count, height, width, *channels = tiles.shape
    rows = ceil(count / across)
    grid = np.full((rows, height + gap, across, width + gap, *channels), fill, tiles.dtype)
    for number, tile in enumerate(tiles):
        grid[number // across, :height, number % across, :width] = tile
    flat = grid.reshape(rows * (height + gap), across * (width + gap), *channels)
    return flat[: len(flat) - gap, : flat.shape[1] - gap]


def columns(count: int) -> int:
    """How many of so many tiles stand in a row of a grid that is about a square."""
    return max(1, ceil(sqrt(count)))


def image_grid(images: np.ndarray, across: int, least_side: int = MIN_SIDE) -> Image.Image:
    """Images in rows, left to right, enlarged a whole number of times; RGBA.

    Args:
        images: uint8 (N, H, W, C), C 1 or 3.
        across: How many stand in a row.
        least_side: What height and width are at least, in pixels.
    """
    count, *sides, _ = images.shape
    times = ceil(least_side / max(sides))
    opaque = np.full((count, *sides, 4), 255, np.uint8)
    opaque[..., :3] = images
    large = opaque.repeat(times, axis=1).repeat(times, axis=2)
    return Image.fromarray(tiled(large, across, GAP))


def weight_slice(weights: np.ndarray) -> np.ndarray:
    """Signed colours, uint8 (H, W, 3), up to the largest |w|: a kernel for each pair of maps.

    Rows are the maps that the layer makes and columns those that it reads; where it makes more than
    it reads it is the other way round, so that the image is not higher than wide.

    Args:
        weights: (outputs, maps, h, w), or (outputs, maps) of a linear layer.
    """
    kernels = weights.reshape(*weights.shape[:2], *(weights.shape[2:] or (1, 1)))
    if is_turned(weights):
        kernels = kernels.swapaxes(0, 1)
    _, across, *sides = kernels.shape
    colours = signed(kernels / (float(np.abs(kernels).max()) or 1.0))
    return tiled(colours.reshape(-1, *sides, 3), across, int(max(sides) > 1), GREY)


def is_turned(weights: np.ndarray) -> bool:
    """Whether the image's rows are the maps that are read."""
    return bool(weights.shape[0] > weights.shape[1])
