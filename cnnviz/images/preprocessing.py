"""Prepare a photograph as its network expects it: resized, cropped and normalised."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
# What 0 after normalisation is, by the mean; any other is that of the data trained on.
ZEROS = {IMAGENET_MEAN: "ImageNet's mean colour", (0.5, 0.5, 0.5): "mid-grey"}


@dataclass(frozen=True)
class Preprocessing:
    """Preprocessing of a network's input; the defaults are those of ImageNet.

    Attributes:
        resize: Shorter side (px) before the crop, bilinear with antialiasing; None: no resizing.
        crop: Side (px) of the square cut from the centre, black where the image is smaller.
        mean: Subtracted from red, green and blue in [0, 1].
        std: What the differences are divided by; above 0.
    """

    resize: int | None = 256
    crop: int = 224
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD

    def __post_init__(self) -> None:
        if self.resize is not None and self.resize < 1:
            raise ValueError(f"resize must be None or at least 1; received {self.resize}.")
        if self.crop < 1:
            raise ValueError(f"crop must be at least 1; received {self.crop}.")
        if min(self.std) <= 0:
            raise ValueError(f"std must be above 0 in each channel; received {self.std}.")

    @property
    def zero_text(self) -> str:
        """Which colour 0 after normalisation is, in words."""
        colour = ZEROS.get(self.mean, "the training data's mean colour")
        return f"{colour} (0 after normalisation)"

    def normalised(self, pixels: torch.Tensor) -> torch.Tensor:
        """RGB in [0, 1], (N, 3, H, W), less the mean and divided by the standard deviation."""
        mean, std = (torch.tensor(each).view(1, 3, 1, 1) for each in (self.mean, self.std))
        return (pixels - mean) / std


def crop_for_network(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    """The input before normalisation, RGB of ``crop`` px, rounded wherever torchvision rounds."""
    seen = image.convert("RGB")
    if preprocessing.resize is not None:
        width, height = (int(preprocessing.resize * side / min(seen.size)) for side in seen.size)
        seen = seen.resize((width, height), Image.Resampling.BILINEAR)
    gaps = (side - preprocessing.crop for side in seen.size)
    left, top = (round(gap / 2) if gap > 0 else int(gap / 2) for gap in gaps)
    return seen.crop((left, top, left + preprocessing.crop, top + preprocessing.crop))


def preprocess(image: Image.Image, preprocessing: Preprocessing) -> torch.Tensor:
    """The image as a network's input: float32, (1, 3, ``crop``, ``crop``), normalised."""
    return preprocessing.normalised(scaled(crop_for_network(image, preprocessing)))


def scaled(image: Image.Image) -> torch.Tensor:
    """An RGB image as float32 (1, 3, H, W) in [0, 1]."""
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].to(torch.float32) / 255
