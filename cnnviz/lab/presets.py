"""The lectures' examples and well-known kernels of ``presets.toml``, with the slides' numbers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnviz.files import tables


@dataclass(frozen=True, kw_only=True)
class Preset:
    """An example of a slide.

    Attributes:
        title: Title in the menu.
        says: Statement of the slide, or what the example shows.
        settings: Changes to the section's settings, as text.
    """

    title: str
    says: str
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PoolingPreset(Preset):
    """A grid for ``cnnviz.lab.pooling``, in the format of ``cnnviz.lab.grid.grid``."""

    grid: str


@dataclass(frozen=True, kw_only=True)
class SlidingPreset(Preset):
    """A grid and a kernel for ``cnnviz.lab.sliding``.

    Attributes:
        grid: In the format of ``cnnviz.lab.grid.grid``.
        kernel: In the same format, with filters separated by "/".
        groups: Number of groups of channels.
        bias: A number per filter.
        over: Applied to "numbers" or to a "photo" of 32 x 32 px.
    """

    grid: str
    kernel: str
    groups: int = 1
    bias: str = "0"
    over: str = "numbers"


@dataclass(frozen=True, kw_only=True)
class MergingPreset(Preset):
    """Two tensors in the format of ``cnnviz.lab.merging.features``."""

    first: str
    second: str


_presets = tables("lab/presets.toml")


def _written_out(numbers: str) -> str:
    """Numbers in which every name of a grid is replaced by the grid."""
    return re.sub(r"[a-z]\w*", lambda name: _presets["grids"][name[0]], numbers)


def _with_grids(preset: Mapping[str, Any]) -> dict[str, Any]:
    grids = {name: _written_out(preset[name]) for name in ("grid", "kernel") if name in preset}
    return {**preset, **grids}


SLIDING = tuple(SlidingPreset(**_with_grids(each)) for each in _presets["sliding"])
POOLING = tuple(PoolingPreset(**_with_grids(each)) for each in _presets["pooling"])
MERGING = tuple(MergingPreset(**each) for each in _presets["merging"])
KERNELS = {title: _written_out(numbers) for title, numbers in _presets["kernels"].items()}
