"""The weights by which a layer reads a source, as one picture."""

import numpy as np

from cnnviz.figures.diverging import signed

GAP = 128  # grey between kernels


def weight_slice(weights: np.ndarray) -> np.ndarray:
    """Signed colours, uint8 (H, W, 3), up to the largest |w|: a kernel for each pair of maps.

    Rows are the maps that the layer makes and columns those that it reads; where it makes more than
    it reads it is the other way round, so that the picture is not higher than wide.

    Args:
        weights: (outputs, maps, h, w), or (outputs, maps) of a linear layer.
    """
    kernels = weights.reshape(*weights.shape[:2], *(weights.shape[2:] or (1, 1)))
    if is_turned(weights):
        kernels = kernels.swapaxes(0, 1)
    rows, columns, height, width = kernels.shape
    gap = int(height * width > 1)
    picture = np.full((rows, height + gap, columns, width + gap, 3), GAP, np.uint8)
    largest = float(np.abs(kernels).max()) or 1.0
    picture[:, :height, :, :width] = signed(kernels.transpose(0, 2, 1, 3) / largest)
    flat = picture.reshape(rows * (height + gap), columns * (width + gap), 3)
    return flat[: len(flat) - gap, : flat.shape[1] - gap]


def is_turned(weights: np.ndarray) -> bool:
    """Whether the picture's rows are the maps that are read."""
    return bool(weights.shape[0] > weights.shape[1])
