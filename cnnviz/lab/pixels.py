"""Parses images written as text."""

from __future__ import annotations

import torch

from cnnviz.lab.grid import grid


def written_pixels(written: str) -> torch.Tensor:
    """Parse a square image of integers 0 to 255 in the format of ``grid``, uint8 (S, S, C).

    Raises:
        ValueError: The text is not a grid, not square, has other numbers or other channels.
    """
    numbers = grid(written, "picture")
    channels, height, width = numbers.shape
    if channels not in (1, 3):
        raise ValueError(f"picture must have 1 or 3 channels; received {channels}.")
    if height != width or height < 3:
        raise ValueError(f"picture must be square, of 3 x 3 or more; received {height} x {width}.")
    wrong = numbers[(numbers != numbers.round()) | (numbers < 0) | (numbers > 255)]
    if len(wrong):
        raise ValueError(
            f"picture must have whole numbers from 0 to 255; received {float(wrong[0]):g}."
        )
    return numbers.permute(1, 2, 0).to(torch.uint8)
