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
    side: int, units: int, kernel_size: int = 5, maps: int = 16, channels: int = 3
) -> FirstLayer:
    """The weights that a first layer needs.

    Args:
        side: Of the image in pixels.
        units: Of the fully connected layer.
        kernel_size: Side of the window; the image is padded so that every pixel has a unit.
        maps: Of the locally connected layer and of the convolution.
        channels: Of the image.

    Raises:
        ValueError: A number is below 1.
    """
    for name, value in (("side", side), ("units", units), ("kernel_size", kernel_size)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1; received {value}.")
    with torch.device("meta"):
        linear = nn.Linear(channels * side * side, units, bias=False)
        convolution = nn.Conv2d(channels, maps, kernel_size, bias=False)
    window = convolution.weight.numel()
    return FirstLayer(
        fully_connected=linear.weight.numel(),
        locally_connected=window * side * side,
        shared=window,
        one_unit=linear.in_features,
    )


def by_side(units: int, kernel_size: int = 5, maps: int = 16, channels: int = 3) -> pd.DataFrame:
    """The three by the image's side: columns side, fully_connected, locally_connected, shared."""
    rows = [
        {"side": side, **vars(first_layer(side, units, kernel_size, maps, channels))}
        for side in SIDES
    ]
    return pd.DataFrame(rows).drop(columns="one_unit")
