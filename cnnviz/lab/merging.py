"""Add or concatenate: what becomes of two tensors, and what the next convolution then costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import nn

from cnnviz.hyperparameters import Config, choice
from cnnviz.lab.comparisons import CHANNELS, SIDES
from cnnviz.lab.design import Design
from cnnviz.lab.grid import grid


@dataclass(frozen=True)
class Settings(Config):
    """What two branches bring, and the convolution that reads the result."""

    first: int = choice(*CHANNELS, default=64, unit="maps", help="Of the first branch.")
    second: int = choice(*CHANNELS, default=64, unit="maps", help="Of the second branch.")
    filters: int = choice(*CHANNELS, default=64, unit="filters", help="Of the next convolution.")
    kernel_size: int = choice(1, 3, default=3, unit="px", help="Side of its kernels.")
    side: int = choice(*SIDES, default=28, unit="px", help="Of the maps.")


@dataclass(frozen=True, eq=False)
class Merged:
    """Two tensors, added and concatenated.

    Attributes:
        first: float32 (channels, rows, columns).
        second: The same.
        added: Their sum, number by number; None where it is refused.
        refused: Why they cannot be added, in one sentence; empty where they can.
        concatenated: The channels of the first, then those of the second.
    """

    first: torch.Tensor
    second: torch.Tensor
    added: torch.Tensor | None
    refused: str
    concatenated: torch.Tensor


@dataclass(frozen=True)
class MergingPreset:
    """Two tensors of an example.

    Attributes:
        title: In the menu.
        first: As ``features`` reads it.
        second: The same.
        says: What it shows.
        settings: What it changes of ``Settings``, as text.
    """

    title: str
    first: str
    second: str
    says: str
    settings: Mapping[str, str] = field(default_factory=dict)


MERGING: tuple[MergingPreset, ...] = (
    MergingPreset(
        "The slide's vectors",
        "1 2 3",
        "4 5 6",
        "On the slide: Add gives [5 7 9], Concatenate gives [1 2 3 4 5 6].",
    ),
    MergingPreset(
        "Unequal channels",
        "1 2 3",
        "4 5",
        "ResNet must bring both to the same number of channels first, by zeros or by a 1x1 "
        "convolution (He et al. 2016, section 3.3); DenseNet need not.",
        {"second": "32"},
    ),
    MergingPreset(
        "Two maps each",
        "1 0; 2 1 | 0 3; 1 0",
        "2 2; 0 1 | -1 1; 1 4",
        "Maps are added place by place, channel by channel; concatenated they stay what they were.",
    ),
    MergingPreset(
        "What a sum forgets",
        "3 -1; 2 4",
        "-3 1; -2 -4",
        "Opposite signals cancel: of the sum nobody can tell that there were any.",
    ),
    MergingPreset(
        "Unequal sizes",
        "1 2; 3 4",
        "1 2 3; 4 5 6; 7 8 9",
        "Neither works: that is why DenseNet pools between its blocks, in transition layers.",
    ),
)


def features(written: str, name: str) -> torch.Tensor:
    """A tensor (channels, rows, columns) as ``grid`` reads it; one row alone is a vector.

    Each number of a vector is a channel of 1 x 1, as behind global pooling.

    Raises:
        ValueError: It is no grid.
    """
    numbers = grid(written, name)
    return numbers.reshape(-1, 1, 1) if numbers.shape[:2] == (1, 1) else numbers


def merged(first: torch.Tensor, second: torch.Tensor) -> Merged:
    """Both ways of bringing two tensors (channels, rows, columns) together.

    Torch's own addition repeats a single channel for all (broadcasting); here as in the papers
    both must have the same shape.

    Raises:
        ValueError: Their rows and columns differ, so that neither works.
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
    """The convolution behind each way: after addition, where it is possible, and concatenation.

    It has no bias, as those of both papers, and keeps the maps' size.
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
    """Additions of the merging itself: one for each number of a branch."""
    return s.first * s.side * s.side


def kept_energy(first: torch.Tensor, second: torch.Tensor) -> float:
    """Sum of squares of the sum, as a share of that of both apart; 1 where they do not overlap.

    0 where they cancel, 2 where they are the same; 0 where both are 0.
    """
    apart = float(first.square().sum() + second.square().sum())
    return float((first + second).square().sum()) / apart if apart else 0.0


def _next(channels: int, s: Settings) -> nn.Module:
    return nn.Conv2d(channels, s.filters, s.kernel_size, padding=s.kernel_size // 2, bias=False)


def _size(tensor: torch.Tensor) -> str:
    return f"{tensor.shape[1]} x {tensor.shape[2]}"
