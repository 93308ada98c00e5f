"""Filters of convolutions as arrays, and classic hand-designed filters."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from cnnviz.analysis.kinds import kind_of
from cnnviz.architectures import Network
from cnnviz.architectures.lenet import TableConvolution
from cnnviz.files import tables
from cnnviz.vision.capture import submodule


def filters_of(network: Network, layer: str) -> np.ndarray:
    """The weights of a convolution, float32 (K, C / groups, h, w).

    Channels that a map does not read (LeNet-5's C3) have weight 0.

    Raises:
        KeyError: ``layer`` is not a module of the network; the message names it.
        ValueError: ``layer`` is not a convolution.
    """
    module: Any = submodule(network, layer)
    role = kind_of(module).role
    if isinstance(module, TableConvolution):
        weight = _all_connections(module)
    elif role == "convolution":
        weight = module.weight
    elif role == "transposed convolution":  # (C, K / groups, h, w)
        weight = module.weight.unflatten(0, (module.groups, -1)).transpose(1, 2).flatten(0, 1)
    else:
        raise ValueError(f"layer must be a convolution; received {layer}.")
    filters: np.ndarray = weight.numpy(force=True)
    return filters


def _all_connections(module: TableConvolution) -> torch.Tensor:
    shape = (len(module.counts), 1 + max(module.sources), *module.weight.shape[2:])
    full = module.weight.new_zeros(shape)
    full[module.targets, module.sources] = module.weight[:, 0].detach()
    return full


def rgb_images(filters: np.ndarray, together: bool = False) -> np.ndarray:
    """Filters of RGB images as images, uint8 (K, h, w, 3); 0 is mid-grey.

    Args:
        filters: (K, 3, h, w).
        together: Scale all by the largest |w| of all, so that weak filters look weak; else each by
            its own, so that its pattern is visible.
    """
    return (
        np.rint(127.5 + 127.5 * _scaled(filters, together)).astype(np.uint8).transpose(0, 2, 3, 1)
    )


def signed_images(filters: np.ndarray, together: bool = False) -> np.ndarray:
    """Filters of grey images in [-1, 1], (K, h, w), for a diverging scale.

    Args:
        filters: (K, 1, h, w).
        together: As in ``rgb_images``.
    """
    return _scaled(filters, together)[:, 0]


def _scaled(filters: np.ndarray, together: bool) -> np.ndarray:
    axes = (0, 1, 2, 3) if together else (1, 2, 3)
    largest = np.abs(filters).max(axis=axes, keepdims=True)
    scaled: np.ndarray = filters / np.where(largest > 0, largest, 1)
    return scaled


@dataclass(frozen=True, eq=False)
class Slices:
    """The strongest slices (single input channels) of a filter.

    Attributes:
        channels: Channels of the slices, strongest first, (n,).
        values: Weights relative to the largest of the filter, in [-1, 1], (n, h, w).
        shares: Shares of the filter's sum of |w|, (n,).
        count: Number of slices of the filter.
        largest: Largest |w| of the filter.
    """

    channels: np.ndarray
    values: np.ndarray
    shares: np.ndarray
    count: int
    largest: float


def strongest_slices(filter: np.ndarray, limit: int = 64) -> Slices:
    """The slices of a filter (C, h, w) with the largest L1 norms, in decreasing order."""
    strength = np.abs(filter).sum(axis=(1, 2))
    channels = np.argsort(-strength, kind="stable")[:limit]
    largest, total = float(np.abs(filter).max()), float(strength.sum())
    return Slices(
        channels,
        filter[channels] / (largest or 1.0),
        strength[channels] / (total or 1.0),
        len(filter),
        largest,
    )


@dataclass(frozen=True)
class ClassicFilter:
    """A classic filter of image processing.

    Attributes:
        title: Title in menus.
        help: Its effect, in one sentence.
        numbers: Kernel times ``divisor``, row by row.
        divisor: Divisor of the numbers.
    """

    title: str
    help: str
    numbers: tuple[tuple[float, ...], ...]
    divisor: int = 1

    @property
    def kernel(self) -> np.ndarray:
        """The weights, float32 (h, w)."""
        return np.array(self.numbers, dtype=np.float32) / np.float32(self.divisor)

    @property
    def finds_changes(self) -> bool:
        """Whether its weights sum to 0, so that uniform regions give 0."""
        return abs(sum(map(sum, self.numbers))) < 1e-6


CLASSIC_FILTERS = {
    name: ClassicFilter(**table | {"numbers": tuple(map(tuple, table["numbers"]))})
    for name, table in tables("vision/maps/classic_filters.toml").items()
}


def filtered(photo: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Filter a grey photo, float32 (H, W), signed and not clipped.

    Like a network's convolution, this is cross-correlation: the kernel is not rotated by 180
    degrees. Border pixels are repeated beyond the border, where a network would read zeros.

    Args:
        photo: In [0, 1], (H, W).
        kernel: (h, w), both odd.

    Raises:
        ValueError: A side of the kernel is even.
    """
    height, width = kernel.shape
    if height % 2 == 0 or width % 2 == 0:
        raise ValueError(f"kernel must have odd sides; received {height} x {width}.")
    image, weight = (
        torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))[None, None]
        for values in (photo, kernel)
    )
    around = (width // 2, width // 2, height // 2, height // 2)
    padded = functional.pad(image, around, mode="replicate")
    filtered_photo: np.ndarray = functional.conv2d(padded, weight)[0, 0].numpy()
    return filtered_photo
