"""Max and average pooling of a grid, step by step."""

from dataclasses import dataclass
from functools import cached_property

import torch

from cnnviz.hyperparameters import Config, choice, flag


@dataclass(frozen=True)
class Settings(Config):
    """Settings of pooling."""

    kind: str = choice("max", "average", default="max", help="Operation on a window.")
    size: int = choice(2, 3, 4, 5, default=2, help="Side of the window.")
    stride: int = choice(1, 2, 3, 4, default=2, help="Distance between windows in pixels.")
    is_global: bool = flag(default=False, label="Global pooling", help="One window: the whole map.")


@dataclass(frozen=True, eq=False)
class Pooled:
    """A pooled grid.

    Attributes:
        settings: Settings of pooling.
        image: Input, float32 (channels, rows, columns).
        extent: Rows and columns of the window.
        step: Distance between windows in pixels.
    """

    settings: Settings
    image: torch.Tensor
    extent: tuple[int, int]
    step: int

    @cached_property
    def windows(self) -> torch.Tensor:
        """Input of each window, (channels, rows, columns, window rows, window columns)."""
        rows, columns = self.extent
        return self.image.unfold(1, rows, self.step).unfold(2, columns, self.step)

    @cached_property
    def output(self) -> torch.Tensor:
        """Output, (channels, rows, columns)."""
        if self.settings.kind == "max":
            return self.windows.amax((3, 4))
        return self.windows.mean((3, 4))


def pooled(image: torch.Tensor, settings: Settings = Settings()) -> Pooled:
    """Pool a grid (channels, rows, columns).

    Raises:
        ValueError: The window is larger than the grid.
    """
    rows, columns = image.shape[1:]
    if settings.is_global:
        return Pooled(settings, image, (rows, columns), 1)
    if settings.size > min(rows, columns):
        raise ValueError(
            f"size must be at most the grid's smaller side, {min(rows, columns)}; received "
            f"{settings.size}."
        )
    return Pooled(settings, image, (settings.size, settings.size), settings.stride)
