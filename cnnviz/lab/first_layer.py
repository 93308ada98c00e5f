"""Number of weights of a first layer: fully connected, locally connected or convolutional.

The numbers equal those of torch.nn's layers; biases are omitted, as on the slide.
"""

from dataclasses import dataclass

import pandas as pd
import torch
from torch import nn

SIDES = (8, 16, 32, 64, 128, 224, 256, 512, 1024)


@dataclass(frozen=True)
class FirstLayer:
    """Number of weights of a first layer.

    Attributes:
        fully_connected: With units that read every pixel of every channel.
        locally_connected: With a unit per pixel and map that reads a window (unshared weights).
        shared: With shared weights: a convolution.
        one_unit: Of one fully connected unit.
    """

    fully_connected: int
    locally_connected: int
    shared: int
    one_unit: int


def first_layer(
    side: int,
    units: int,
    kernel_size: int = 5,
    maps: int = 16,
    channels: int = 3,
    columns: int | None = None,
) -> FirstLayer:
    """Count the weights of a first layer.

    Args:
        side: Side (or rows) of the image in pixels.
        units: Units of the fully connected layer.
        kernel_size: Side of the window; the image is padded to have a unit per pixel.
        maps: Maps of the locally connected layer and of the convolution.
        channels: Channels of the image.
        columns: Columns of the image; None: as many as rows.

    Raises:
        ValueError: A number is below 1.
    """
    columns = side if columns is None else columns
    named = {"side": side, "columns": columns, "units": units, "kernel_size": kernel_size}
    for name, value in named.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1; received {value}.")
    with torch.device("meta"):
        linear = nn.Linear(channels * side * columns, units, bias=False)
        convolution = nn.Conv2d(channels, maps, kernel_size, bias=False)
    window = convolution.weight.numel()
    return FirstLayer(
        fully_connected=linear.weight.numel(),
        locally_connected=window * side * columns,
        shared=window,
        one_unit=linear.in_features,
    )


def by_side(units: int, kernel_size: int = 5, maps: int = 16, max_pixels: int = 0) -> pd.DataFrame:
    """Count the weights for square images of ``SIDES`` and larger ones.

    Args:
        units, kernel_size, maps: As for ``first_layer``.
        max_pixels: Sides are doubled until an image has so many pixels.

    Returns:
        Columns side, pixels, fully_connected, locally_connected, shared.
    """
    sides = [*SIDES]
    while sides[-1] ** 2 < max_pixels:
        sides.append(2 * sides[-1])
    rows = [
        {"side": side, "pixels": side**2, **vars(first_layer(side, units, kernel_size, maps))}
        for side in sides
    ]
    return pd.DataFrame(rows).drop(columns="one_unit")
