"""What many functions ask of an image and of a class."""

from __future__ import annotations

import torch


def require_one_image(image: torch.Tensor) -> None:
    """Refuse what is not one preprocessed image.

    Raises:
        ValueError: More or less than one image.
    """
    if image.dim() != 4 or image.shape[0] != 1:
        raise ValueError(f"image must be (1, C, H, W); received {tuple(image.shape)}.")


def require_class(class_index: int, count: int) -> None:
    """Refuse a class that a network of so many classes does not have.

    Raises:
        ValueError: It is below 0 or beyond the last one.
    """
    if not 0 <= class_index < count:
        raise ValueError(f"class_index must be from 0 to {count - 1}; received {class_index}.")
