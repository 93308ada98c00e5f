"""Addition vs concatenation of two tensors, and the cost of the next convolution."""

from dataclasses import dataclass

import torch
from torch import nn

from cnnviz.hyperparameters import Config, choice
from cnnviz.lab.comparisons import CHANNELS, SIDES
from cnnviz.lab.design import Design
from cnnviz.lab.grid import grid


@dataclass(frozen=True)
class Settings(Config):
    """Settings of two branches and of the convolution that reads the result."""

    first: int = choice(*CHANNELS, default=64, unit="maps", help="Maps of the first branch.")
    second: int = choice(*CHANNELS, default=64, unit="maps", help="Maps of the second branch.")
    filters: int = choice(
        *CHANNELS, default=64, unit="filters", help="Filters of the next convolution."
    )
    kernel_size: int = choice(1, 3, default=3, unit="px", help="Side of its kernels.")
    side: int = choice(*SIDES, default=28, unit="px", help="Of the maps.")


@dataclass(frozen=True, eq=False)
class Merged:
    """The sum and the concatenation of two tensors.

    Attributes:
        first: float32 (channels, rows, columns).
        second: The same.
        added: Elementwise sum; None if it is impossible.
        refused: Why the sum is impossible, in one sentence; else empty.
        concatenated: The channels of the first, then those of the second.
    """

    first: torch.Tensor
    second: torch.Tensor
    added: torch.Tensor | None
    refused: str
    concatenated: torch.Tensor


def features(written: str, name: str) -> torch.Tensor:
    """Parse a tensor (channels, rows, columns) in the format of ``grid``.

    A single row is a vector: each number is a channel of 1 x 1, as after global pooling.

    Raises:
        ValueError: The text is not a grid.
    """
    numbers = grid(written, name)
    return numbers.reshape(-1, 1, 1) if numbers.shape[:2] == (1, 1) else numbers


def merged(first: torch.Tensor, second: torch.Tensor) -> Merged:
    """Add and concatenate two tensors (channels, rows, columns).

    Addition requires equal shapes, as in the papers, without torch's broadcasting.

    Raises:
        ValueError: Rows or columns differ, so that neither is possible.
    """
    if first.shape[1:] != second.shape[1:]:
        raise ValueError(
            f"second must have the first's rows and columns to be added or concatenated, "
            f"{_size(first)}; received {_size(second)}."
        )
    refused = ""
    if len(first) != len(second):
        refused = (
            f"Addition must have as many channels on both sides; received {len(first)} and "
            f"{len(second)}."
        )
    added = None if refused else first + second
    return Merged(first, second, added, refused, torch.cat([first, second]))


def merging_designs(s: Settings) -> list[Design]:
    """The convolution after addition (if possible) and after concatenation.

    It has no bias, as in both papers, and preserves the size of the maps.
    """
    both = Design(
        "after concatenation",
        lambda: _next(s.first + s.second, s),
        (s.first + s.second, s.side, s.side),
    )
    if s.first != s.second:
        return [both]
    return [Design("after addition", lambda: _next(s.first, s), (s.first, s.side, s.side)), both]


def sums_of_addition(s: Settings) -> int:
    """Number of additions of the merging itself."""
    return s.first * s.side * s.side


def kept_energy(first: torch.Tensor, second: torch.Tensor) -> float:
    """Energy (sum of squares) of the sum relative to the energies of both: 1 without overlap.

    0 if they cancel or both are 0, 2 if they are equal.
    """
    apart = float(first.square().sum() + second.square().sum())
    return float((first + second).square().sum()) / apart if apart else 0.0


def _next(channels: int, s: Settings) -> nn.Module:
    return nn.Conv2d(channels, s.filters, s.kernel_size, padding=s.kernel_size // 2, bias=False)


def _size(tensor: torch.Tensor) -> str:
    return f"{tensor.shape[1]} x {tensor.shape[2]}"
