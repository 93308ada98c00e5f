"""The effective receptive field of a unit, by gradients of pixels."""

from math import ceil

import numpy as np
import torch

from cnnviz.architectures import Network
from cnnviz.vision.capture import Place, activation
from cnnviz.vision.forward_pass import require_one_image

Unit = tuple[int, int]


def effective_field(
    network: Network,
    layer: str,
    image: torch.Tensor,
    unit: Unit | None = None,
    input_index: int | None = None,
) -> np.ndarray:
    """Compute the influence of each pixel on a unit: float32 (H, W) in [0, 1] with maximum 1.

    |dy / dx| at every pixel x, summed over the image's channels and divided by the largest sum.
    y is the unit at one place of the layer's maps, summed over the maps: a gradient of 1 starts
    there and of 0 elsewhere (Luo et al. 2016, section 2, who have one map, and average over many
    random images where this is one image). All 0 if the
    unit's ReLU is inactive.

    Args:
        network: In eval mode; it may be shared by threads. Freezing its parameters saves time.
        layer: Module path in the layer table.
        image: Preprocessed, (1, C, H, W).
        unit: Row and column; default the centre. None for a layer without feature maps, whose y is
            the sum of all units.
        input_index: Use this input of the layer instead of its output.

    Raises:
        KeyError: Unknown layer; the message names it.
        ValueError: A layer that does not run, a unit that it does not have, or several images.
        OverflowError: The gradient exceeds float32, as in very deep untrained networks.
    """
    require_one_image(image)
    with torch.enable_grad():
        pixels = image.detach().clone().requires_grad_()
        output = activation(network, Place(layer, input_index), pixels)
        (gradient,) = torch.autograd.grad(_unit_sum(output, unit), pixels)
    heeded = gradient[0].abs().sum(dim=0)
    peak = float(heeded.max())
    if not np.isfinite(peak):
        raise OverflowError(
            f"The gradient at {layer} is larger than float32 can hold: with these weights it grows "
            "from layer to layer. Choose an earlier layer or trained weights."
        )
    scaled: np.ndarray = (heeded / peak if peak > 0 else heeded).numpy(force=True)
    return scaled


def effective_side(field: np.ndarray, centre: tuple[float, float], share: float = 0.95) -> int:
    """Side in pixels of the smallest square around a unit's centre with a share of the gradient.

    Args:
        field: Result of ``effective_field``, (H, W).
        centre: Row and column of the unit's centre in the image (the first pixel's centre is 0.5),
            as ``ReceptiveField.start``. The square may exceed the image.
        share: In (0, 1].

    Returns:
        The side; 0 if the field is 0 everywhere.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1; received {share}.")
    height, width = field.shape
    rows = np.abs(np.arange(height) + 0.5 - centre[0])[:, np.newaxis]
    columns = np.abs(np.arange(width) + 0.5 - centre[1])[np.newaxis]
    reach = np.maximum(rows, columns) + 0.5
    distances, ring = np.unique(reach, return_inverse=True)
    held = np.cumsum(np.bincount(ring.ravel(), weights=field.ravel().astype(np.float64)))
    if held[-1] == 0:
        return 0
    # Rounding errors must not require more than the total.
    enough = np.searchsorted(held, share * held[-1] * (1 - 1e-12))
    return ceil(2 * float(distances[enough]))


def _unit_sum(output: torch.Tensor, unit: Unit | None) -> torch.Tensor:
    """The sum of a unit over the maps; for a layer without maps the sum of all units."""
    if output.dim() == 2 and unit is None:
        return output.sum()
    height, width = output.shape[2:] if output.dim() == 4 else (1, 1)
    row, column = unit or (height // 2, width // 2)
    if output.dim() != 4 or not (0 <= row < height and 0 <= column < width):
        raise ValueError(
            f"unit must be a row and column of {height} x {width} units; received {unit}."
        )
    return output[0, :, row, column].sum()
