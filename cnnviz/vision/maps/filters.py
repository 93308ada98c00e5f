"""Filters of convolutions as arrays, and classic hand-designed filters."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from cnnviz.analysis.kinds import kind_of
from cnnviz.architectures import Network
from cnnviz.architectures.lenet import TableConvolution
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


def rgb_pictures(filters: np.ndarray, together: bool = False) -> np.ndarray:
    """Filters of RGB images as images, uint8 (K, h, w, 3); 0 is mid-grey.

    Args:
        filters: (K, 3, h, w).
        together: Scale all by the largest |w| of all, so that weak filters look weak; else each by
            its own, so that its pattern is visible.
    """
    return (
        np.rint(127.5 + 127.5 * _scaled(filters, together)).astype(np.uint8).transpose(0, 2, 3, 1)
    )


def signed_pictures(filters: np.ndarray, together: bool = False) -> np.ndarray:
    """Filters of grey images in [-1, 1], (K, h, w), for a diverging scale.

    Args:
        filters: (K, 1, h, w).
        together: As in ``rgb_pictures``.
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


BINOMIAL = (1, 4, 6, 4, 1)
# Laws 1980, Textured Image Segmentation: a spot and a ripple along a line.
SPOT = (-1, 0, 2, 0, -1)
RIPPLE = (1, -4, 6, -4, 1)


GABOR_PERIOD, GABOR_WIDTH, GABOR_REACH = 6, 1.5, 3  # px: along a row, of its bell, to each side


def _outer(column: tuple[int, ...], row: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The outer product of a column and a row."""
    return tuple(tuple(c * r for r in row) for c in column)


def _gabor() -> tuple[tuple[int, ...], ...]:
    """A diagonal Gabor filter, a sine wave under a Gaussian (Daugman 1985), times 100.

    As sin(y + x) = sin y cos x + cos y sin x, it is the sum of two outer products. Their factors
    are rounded to tenths, so that the rank stays 2 and the weights sum to 0.
    """
    places = range(-GABOR_REACH, GABOR_REACH + 1)
    angles = [2 * math.pi * place / GABOR_PERIOD for place in places]
    bell = [10 * math.exp(-0.5 * (place / GABOR_WIDTH) ** 2) for place in places]
    sine, cosine = (
        tuple(round(b * wave(angle)) for b, angle in zip(bell, angles, strict=True))
        for wave in (math.sin, math.cos)
    )
    both = zip(_outer(sine, cosine), _outer(cosine, sine), strict=True)
    return tuple(tuple(a + b for a, b in zip(*rows, strict=True)) for rows in both)


CLASSIC_FILTERS: dict[str, ClassicFilter] = {
    "identity": ClassicFilter(
        "Identity",
        "Each pixel is weighted by 1 and its neighbours by 0: the photo stays as it is.",
        ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
    ),
    "sobel-horizontal": ClassicFilter(
        "Sobel, horizontal edges",
        "The row below minus the row above: large where dark turns to bright from top to bottom.",
        ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    ),
    "sobel-vertical": ClassicFilter(
        "Sobel, vertical edges",
        "The column to the right minus the column to the left: vertical edges have large values.",
        ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    ),
    "prewitt-vertical": ClassicFilter(
        "Prewitt, vertical edges",
        "The column to the left minus the column to the right, the example of many textbooks.",
        ((1, 0, -1), (1, 0, -1), (1, 0, -1)),
    ),
    "diagonal": ClassicFilter(
        "Diagonal edges",
        "Above and right minus below and left: edges that rise to the right or fall.",
        ((0, 1, 2), (-1, 0, 1), (-2, -1, 0)),
    ),
    "gauss": ClassicFilter(
        "Gauss 5x5",
        "A weighted mean of the neighbours, the near ones more: it blurs and removes noise.",
        _outer(BINOMIAL, BINOMIAL),
        256,
    ),
    "mean": ClassicFilter(
        "Mean 3x3",
        "The mean of nine pixels, the averaging kernel of the lectures.",
        ((1,) * 3,) * 3,
        9,
    ),
    "box": ClassicFilter(
        "Box blur 5x5",
        "The mean of 25 pixels, all with the same weight: the simplest blur.",
        ((1,) * 5,) * 5,
        25,
    ),
    "motion": ClassicFilter(
        "Motion blur",
        "The mean along the diagonal, as if the camera had moved: what lies across it is blurred.",
        tuple(tuple(int(row == column) for column in range(5)) for row in range(5)),
        5,
    ),
    "spots": ClassicFilter(
        "Texture: spots",
        "Large at spots of about two pixels, and 0 on even ground and slopes (Laws 1980, S5S5).",
        _outer(SPOT, SPOT),
    ),
    "ripples": ClassicFilter(
        "Texture: ripples",
        "Large where bright and dark pixels alternate, as in fur and cloth (Laws 1980, R5R5).",
        _outer(RIPPLE, RIPPLE),
    ),
    "gabor": ClassicFilter(
        "Texture: slanted stripes",
        "A Gabor filter (Marčelja 1980, Daugman 1985), a wave under a bell: large, above or below "
        "0, where stripes about 4 px apart rise to the right. Cells of the visual cortex answer "
        "like it, and so do first layers that have learned.",
        _gabor(),
        100,
    ),
    "laplace": ClassicFilter(
        "Laplace",
        "The four neighbours minus four times the pixel: lines and edges of every direction.",
        ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    ),
    "sharpen": ClassicFilter(
        "Sharpen",
        "The photo minus its Laplace: what differs from its neighbours comes to differ more.",
        ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    ),
    "unsharp": ClassicFilter(
        "Unsharp mask",
        "Twice the photo minus its Gauss blur: details of up to five pixels stand out.",
        tuple(
            tuple(512 * (row == column == 2) - number for column, number in enumerate(numbers))
            for row, numbers in enumerate(_outer(BINOMIAL, BINOMIAL))
        ),
        256,
    ),
    "emboss": ClassicFilter(
        "Emboss",
        "The difference along the diagonal added to the photo: edges look lit from one side.",
        ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
    ),
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
