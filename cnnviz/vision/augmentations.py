"""Augmentations of a photo, each at three strengths: training's own, and some that only test.

Crop, rotation, noise, erasing, colour jitter and PCA colour are the functions of
``cnnviz.augmentation``, by which training changes its images.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torchvision.transforms.v2 import functional

from cnnviz.architectures import NetworkSpec
from cnnviz.augmentation.colour import IMAGENET_AXES, jittered, recoloured
from cnnviz.augmentation.geometry import random_windows, rotated
from cnnviz.augmentation.noise import erased, noisy
from cnnviz.files import tables
from cnnviz.images.preprocessing import scaled
from cnnviz.vision.crops import central_square
from cnnviz.vision.prediction import preprocessing

LEVELS = ("mild", "medium", "strong")

# Changes squares (1, 3, S, S) in [0, 1], which show something around what the network sees, to
# its input (1, 3, side, side), given that side and how strong.
Function = Callable[[torch.Tensor, int, float, torch.Generator], torch.Tensor]


def centre(square: torch.Tensor, side: int) -> torch.Tensor:
    """What the network sees of a photo when it is tested."""
    seen: torch.Tensor = functional.center_crop(square, [side, side])
    return seen


def of_centre(change: Callable[[torch.Tensor, float, torch.Generator], torch.Tensor]) -> Function:
    """A change of what the network sees, made into one of the square around it."""
    return lambda square, side, strength, rng: change(centre(square, side), strength, rng)


def random_crop(
    square: torch.Tensor, side: int, strength: float, rng: torch.Generator
) -> torch.Tensor:
    """A square of a share of the photo's, somewhere in it, brought to the input's size."""
    cut = max(1, round(square.shape[-1] * strength))
    rows = square.permute(0, 2, 3, 1)
    window = random_windows(rows, (cut, cut), flip=False, rng=rng).cut(rows).permute(0, 3, 1, 2)
    resized: torch.Tensor = functional.resize(window, [side, side], antialias=True)
    return resized


def rotation(
    square: torch.Tensor, side: int, strength: float, rng: torch.Generator
) -> torch.Tensor:
    """The photo turned about its centre by at most so many degrees; what is missing is black."""
    return centre(rotated(square, strength, rng), side)


def erasing(pixels: torch.Tensor, share: float, rng: torch.Generator) -> torch.Tensor:
    """A rectangle of a share of the area, full of noise; training draws the share too."""
    return erased(pixels, 1, rng, area=(share, share))


def hue(pixels: torch.Tensor, strength: float, rng: torch.Generator) -> torch.Tensor:
    """The hue turned by up to a share of the circle of colours."""
    turn = strength * (2 * float(torch.rand((), generator=rng)) - 1)
    shifted: torch.Tensor = functional.adjust_hue(pixels, turn)
    return shifted


def pca_colour(pixels: torch.Tensor, strength: float, rng: torch.Generator) -> torch.Tensor:
    """One colour added to all pixels: along ImageNet's principal colours, each times N(0, s)."""
    return recoloured(pixels, IMAGENET_AXES.colours, strength, rng)


def blur(square: torch.Tensor, side: int, strength: float, rng: torch.Generator) -> torch.Tensor:
    """Gaussian blur; sigma is a percentage of the input's side."""
    sigma = strength * side / 100
    reach = min(2 * int(np.ceil(3 * sigma)) + 1, 2 * (square.shape[-1] // 2) - 1)
    return centre(functional.gaussian_blur(square, [reach, reach], [sigma, sigma]), side)


def jpeg(pixels: torch.Tensor, quality: float, rng: torch.Generator) -> torch.Tensor:
    """Saved as JPEG of a quality from 1 to 95, and opened again."""
    levels = (pixels[0] * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "JPEG", quality=int(quality))
    return scaled(Image.open(file))


@dataclass(frozen=True)
class Augmentation:
    """An augmentation as menus and pages offer it.

    Attributes:
        title: Its name on screen.
        function: Changes a photo.
        strengths: One for each of the ``LEVELS``.
        amount: What a strength means, as a format for it.
        help: What it does and why, in a sentence.
        source: Where it comes from.
    """

    title: str
    function: Function
    strengths: Sequence[float]
    amount: str
    help: str
    source: str

    def amount_at(self, level: str) -> str:
        """How strong it is at one of the ``LEVELS``, in words."""
        return self.amount.format(self.strengths[LEVELS.index(level)])


FUNCTIONS: dict[str, Function] = {
    "flip": of_centre(lambda pixels, strength, rng: pixels.flip(-1)),
    "crop": random_crop,
    "rotation": rotation,
    "noise": of_centre(noisy),
    "erasing": of_centre(erasing),
    "jitter": of_centre(jittered),
    "hue": of_centre(hue),
    "pca": of_centre(pca_colour),
    "blur": blur,
    "jpeg": of_centre(jpeg),
}
AUGMENTATIONS = {
    key: Augmentation(function=FUNCTIONS[key], **table)
    for key, table in tables("vision/augmentations.toml").items()
}


def augmented_photo(
    spec: NetworkSpec, photo: Image.Image, level: str, seed: int
) -> dict[str, torch.Tensor]:
    """The photo under every augmentation, float32 (3, H, W) in [0, 1], by its key.

    The first, "plain", is the photo as the network sees it in a test. Every augmentation draws
    from a generator of its own, so that the same seed gives the same pictures.

    Args:
        spec: The network whose input they will be.
        photo: Upright RGB.
        level: One of the ``LEVELS``.
        seed: Decides what is drawn.

    Raises:
        ValueError: There is no such level.
    """
    if level not in LEVELS:
        raise ValueError(f"level must be one of {', '.join(LEVELS)}; received {level}.")
    # Networks of small inputs (CIFAR) are not tested with a crop: they see the whole square.
    resize, side = preprocessing(spec).resize, preprocessing(spec).crop
    square = scaled(central_square(spec, photo, resize or side))
    pictures = {"plain": centre(square, side)[0]}
    for key, each in AUGMENTATIONS.items():
        strength, rng = each.strengths[LEVELS.index(level)], torch.Generator().manual_seed(seed)
        pictures[key] = each.function(square, side, strength, rng)[0].clamp(0, 1)
    return pictures
