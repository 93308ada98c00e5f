"""One unit of a first layer, by three ideas, on a picture that is small enough to write out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional

from cnnviz.analysis.graph import shape_text
from cnnviz.lab.grid import plane


@dataclass(frozen=True, eq=False)
class FirstSums:
    """A small picture, the weights that read it, and their sums.

    Attributes:
        picture: (H, W).
        unit: Weights of one fully connected unit, (H, W).
        window: Weights of one window, (h, w).
        full: The unit's sum.
        local: The window's sum at its first place, the top left.
        shared: The window's sums at all places, by a convolution without padding.
    """

    picture: torch.Tensor
    unit: torch.Tensor
    window: torch.Tensor
    full: float
    local: float
    shared: torch.Tensor

    @property
    def patch(self) -> torch.Tensor:
        """What the window reads at its first place."""
        rows, columns = self.window.shape
        return self.picture[:rows, :columns]

    @property
    def places(self) -> int:
        """At how many places the window fits."""
        return self.shared.numel()

    @property
    def full_weights(self) -> int:
        """Of as many fully connected units as there are places."""
        return self.unit.numel() * self.places

    @property
    def local_weights(self) -> int:
        """Of a window of its own weights at each place."""
        return self.window.numel() * self.places

    @property
    def shared_weights(self) -> int:
        """Of the one window of a convolution."""
        return self.window.numel()


def first_sums(picture: str, unit: str, window: str) -> FirstSums:
    """The sums of written numbers.

    Args:
        picture: Grey, as ``grid`` reads it.
        unit: Of the picture's size.
        window: At most of the picture's size.

    Raises:
        ValueError: One is no grid, or does not fit the picture.
    """
    seen, weights, small = (
        plane(written, name)
        for written, name in ((picture, "picture"), (unit, "unit"), (window, "window"))
    )
    if weights.shape != seen.shape:
        raise ValueError(
            f"unit must have a weight for each number of the picture, "
            f"{shape_text(seen.shape)}; received {shape_text(weights.shape)}."
        )
    if any(s > whole for s, whole in zip(small.shape, seen.shape, strict=True)):
        raise ValueError(
            f"window must fit into the picture, {shape_text(seen.shape)}; received "
            f"{shape_text(small.shape)}."
        )
    full = functional.linear(seen.flatten(), weights.flatten()[None])
    patches = functional.unfold(seen[None, None], (small.shape[0], small.shape[1]))[0]
    shared = functional.conv2d(seen[None, None], small[None, None])[0, 0]
    local = small.flatten() @ patches[:, 0]
    return FirstSums(seen, weights, small, float(full), float(local), shared)
