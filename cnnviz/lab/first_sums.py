"""One unit of a first layer on a small image: fully connected, local and shared weights."""

from dataclasses import dataclass

import torch
from torch.nn import functional

from cnnviz.analysis.node import shape_text
from cnnviz.lab.grid import plane


@dataclass(frozen=True, eq=False)
class FirstSums:
    """A small image, weights, and weighted sums.

    Attributes:
        picture: Image, (H, W).
        unit: Weights of one fully connected unit, (H, W).
        window: Weights of one window, (h, w).
        full: Sum of the fully connected unit.
        local: Sum of the window at the first position (top left).
        shared: Sums of the window at all positions: a convolution without padding.
    """

    picture: torch.Tensor
    unit: torch.Tensor
    window: torch.Tensor
    full: float
    local: float
    shared: torch.Tensor

    @property
    def patch(self) -> torch.Tensor:
        """Input of the window at the first position."""
        rows, columns = self.window.shape
        return self.picture[:rows, :columns]

    @property
    def places(self) -> int:
        """Number of positions of the window."""
        return self.shared.numel()

    @property
    def full_weights(self) -> int:
        """Weights of as many fully connected units as positions."""
        return self.unit.numel() * self.places

    @property
    def local_weights(self) -> int:
        """Weights of unshared windows at all positions."""
        return self.window.numel() * self.places

    @property
    def shared_weights(self) -> int:
        """Weights of the shared window."""
        return self.window.numel()


def first_sums(picture: str, unit: str, window: str) -> FirstSums:
    """Compute the sums for numbers given as text.

    Args:
        picture: Grey image, in the format of ``grid``.
        unit: Weights of the image's size.
        window: Weights of at most the image's size.

    Raises:
        ValueError: A text is not a grid, or the sizes do not fit.
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
