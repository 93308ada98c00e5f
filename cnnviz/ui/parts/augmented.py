"""Training images as an augmentation changes them."""

from typing import Any

import numpy as np
import torch

from cnnviz.hyperparameters import Hyperparameter, Value
from cnnviz.training.augmentation import Augmentation
from cnnviz.training.datasets.base import Data
from cnnviz.training.options import TrainingOptions
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound, choose_number, hyperparameter_widget

AUGMENTATIONS = ("crop", "flip", "rotation", "noise", "erasing", "jitter", "pca_colour")
LAST_DRAW = 9999
MAX_COLOURED = 300  # images whose principal colours are shown: the rest would tell the same


def choose_strength(
    option: Hyperparameter,
    chosen: Value | None = None,
    is_in_address: bool = False,
) -> Value:
    """The widget of an augmentation's strength, beginning in the middle of its options.

    Args:
        option: Its declaration.
        chosen: Where it begins instead.
        is_in_address: Whether the address of the page holds it.
    """
    key = address.STRENGTH_ALONE.of(option.name)
    first = chosen if chosen is not None else option.options[len(option.options) // 2]
    binding = bound(key) if is_in_address else {"key": str(key)}
    strength: Value = hyperparameter_widget(option, first, **binding)
    return strength if strength in option.options else first


def choose_draw(**more: Any) -> int:
    """The field of the random draw's number; ``more`` are what else Streamlit's takes."""
    draw: int = choose_number(
        "Draw",
        0,
        LAST_DRAW,
        address.DRAW,
        0,
        help="The same number draws the same crops, angles, noise and colours.",
        **more,
    )
    return draw


def augmented(images: torch.Tensor, data: Data, options: TrainingOptions, draw: int) -> np.ndarray:
    """Images (N, H, W, C) under the options, as bytes; the same draw does the same to them.

    The principal colours are those of some of the training images.
    """
    some = torch.arange(0, len(data.train), max(1, len(data.train) // MAX_COLOURED))
    augmentation = Augmentation(options, data.with_train(some[:MAX_COLOURED]))
    pixels = augmentation.augmented(images, torch.Generator().manual_seed(draw))
    array: np.ndarray = (
        pixels.mul(255).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy()
    )
    return array
