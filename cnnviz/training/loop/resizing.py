"""Progressive resizing: a run begins on small images, which cost less, and ends on whole ones.

Howard 2018 ("Training Imagenet in 3 hours for 25 minutes", fast.ai): a network with global
average pooling learns its first filters from small images as well, at a quarter of the cost.
"""

import torch
from torch.nn import functional

from cnnviz.architectures import NetworkSpec, accepts

# (share of the run up to which it holds, share of the images' side), in order.
PHASES = ((0.3, 0.5), (0.6, 0.75), (1.0, 1.0))
MULTIPLE = 4  # of which a side is, so that it can be halved twice


def training_side(side: int, share: float) -> int:
    """The side of the training images at a moment of the run, in pixels.

    Args:
        side: Of the data's images.
        share: How much of the run is done, in [0, 1].
    """
    part = next(part for until, part in PHASES if share < until or until == 1.0)
    return side if part == 1.0 else max(MULTIPLE, round(side * part / MULTIPLE) * MULTIPLE)


def resized(pixels: torch.Tensor, side: int) -> torch.Tensor:
    """The same images (N, C, H, W) with a shorter side of ``side`` pixels, smoothed before."""
    if min(pixels.shape[-2:]) == side:
        return pixels
    small = functional.interpolate(pixels, size=(side, side), mode="bilinear", antialias=True)
    return small.contiguous(memory_format=torch.channels_last)


def require_small_images(spec: NetworkSpec, side: int) -> None:
    """Accept a network that takes images of half the side.

    Raises:
        ValueError: It does not; says so.
    """
    small = training_side(side, 0.0)
    if not accepts(spec, small):
        raise ValueError(
            "progressive_resizing must be off for a network that takes images of one size or "
            f"none as small as {small} px; received True for {spec.variant}."
        )
