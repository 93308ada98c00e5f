"""Other places of the same image: crops, mirror images, rotations."""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional

from cnnviz.augmentation.noise import Rng, uniform


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of a batch of images, one for each.

    Attributes:
        size: Height and width in pixels.
        top: Row of the first pixel, int64 (N, 1).
        left: Its column, int64 (N, 1).
        mirrored: Whether left and right are exchanged, bool (N, 1); None: never.
    """

    size: tuple[int, int]
    top: torch.Tensor
    left: torch.Tensor
    mirrored: torch.Tensor | None

    def cut(self, images: torch.Tensor) -> torch.Tensor:
        """What the windows show of images (N, H, W, C): (N, height, width, C), in one gather."""
        down, across = (torch.arange(side, device=images.device) for side in self.size)
        columns = across.expand(len(images), -1)
        if self.mirrored is not None:
            columns = torch.where(self.mirrored, self.size[1] - 1 - columns, columns)
        numbers = torch.arange(len(images), device=images.device)[:, None, None]
        return images[numbers, (down + self.top)[:, :, None], (columns + self.left)[:, None, :]]


def random_windows(images: torch.Tensor, size: tuple[int, int], flip: bool, rng: Rng) -> Windows:
    """Windows of a size at places drawn by chance, all alike, half of them mirrored.

    Krizhevsky et al. 2012, section 4.1.

    Args:
        images: (N, H, W, C), no smaller than the windows.
        size: Height and width of the windows.
        flip: Whether half of them are mirrored.
        rng: Random numbers.
    """
    count, *sides, _ = images.shape
    mirrored = uniform((count, 1), images, rng) < 0.5 if flip else None
    gaps = [side - length for side, length in zip(sides, size, strict=True)]
    top, left = (
        (uniform((count, 1), images, rng) * (gap + 1)).long().clamp_(max=gap) for gap in gaps
    )
    return Windows(size, top, left, mirrored)


def cropped(images: torch.Tensor, padding: int, flip: bool, rng: Rng) -> torch.Tensor:
    """A window of each image's size, from the image with black around it; half of them mirrored.

    He et al. 2016, section 4.2, with padding 4.

    Args:
        images: uint8 (N, H, W, C).
        padding: Black pixels on each side.
        flip: Whether half of them are mirrored.
        rng: Random numbers.
    """
    _, height, width, _ = images.shape
    padded = functional.pad(images, (0, 0, padding, padding, padding, padding))
    return random_windows(padded, (height, width), flip, rng).cut(padded)


def rotated(pixels: torch.Tensor, degrees: float, rng: Rng) -> torch.Tensor:
    """Each image (N, C, H, W) turned about its centre by at most so much; what is missing: black.

    Simard et al. 2003, section 2.
    """
    angles = (2 * uniform((len(pixels),), pixels, rng) - 1) * math.radians(degrees)
    cosines, sines, zeros = angles.cos(), angles.sin(), torch.zeros_like(angles)
    turns = torch.stack([cosines, -sines, zeros, sines, cosines, zeros], dim=1).view(-1, 2, 3)
    grid = functional.affine_grid(turns, list(pixels.shape), align_corners=False)
    return functional.grid_sample(pixels, grid, align_corners=False)
