"""Why not fully connected: weights of a first layer that reads an image, by three ideas.

Each number is what torch.nn's layer of that shape holds; biases are left out, as on the slide.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import torch
from torch import nn

SIDES = (8, 16, 32, 64, 128, 224, 256, 512, 1024)


@dataclass(frozen=True)
class FirstLayer:
    """Weights of a first layer.

    Attributes:
        fully_connected: Every unit reads every pixel of every channel.
        locally_connected: A unit at every pixel for each map reads a window of its own weights.
        shared: The same window's weights everywhere: a convolution.
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
    """The weights that a first layer needs.

    Args:
        side: Of the image in pixels; its rows where it is not square.
        units: Of the fully connected layer.
        kernel_size: Side of the window; the image is padded so that every pixel has a unit.
        maps: Of the locally connected layer and of the convolution.
        channels: Of the image.
        columns: Of the image; None: as many as rows.

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


def by_side(
    units: int, kernel_size: int = 5, maps: int = 16, channels: int = 3, most_pixels: int = 0
) -> pd.DataFrame:
    """The three for square images of ``SIDES``, and of larger sides up to a number of pixels.

    Args:
        units: As for ``first_layer``.
        kernel_size: As for ``first_layer``.
        maps: As for ``first_layer``.
        channels: As for ``first_layer``.
        most_pixels: Sides go on, each twice the last, until a square has so many.

    Returns:
        Columns side, pixels, fully_connected, locally_connected, shared.
    """
    sides = [*SIDES]
    while sides[-1] ** 2 < most_pixels:
        sides.append(2 * sides[-1])
    rows = [
        {
            "side": side,
            "pixels": side * side,
            **vars(first_layer(side, units, kernel_size, maps, channels)),
        }
        for side in sides
    ]
    return pd.DataFrame(rows).drop(columns="one_unit")
