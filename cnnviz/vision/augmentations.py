"""Augmentations: each a function that changes a photo as training does, by chance of its own.

A function gets the photo's central square with something around what the network sees, float32
(3, S, S) in [0, 1] with S at least the input's side; that side; how strong; and a generator of
random numbers. It returns a picture of the input's size.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

from cnnviz.architectures import NetworkSpec
from cnnviz.images.preprocessing import crop_for_network
from cnnviz.vision.prediction import in_its_colours, preprocessing

LEVELS = ("mild", "medium", "strong")

# Principal components of the colours of ImageNet's training images, red, green and blue in [0, 1]:
# Krizhevsky et al. print none; these are the ones of fb.resnet.torch, datasets/imagenet.lua.
EIGENVALUES = (0.2175, 0.0188, 0.0045)
EIGENVECTORS = (  # a column each
    (-0.5675, 0.7192, 0.4009),
    (-0.5808, -0.0045, -0.8140),
    (-0.5836, -0.6948, 0.4203),
)

Function = Callable[[torch.Tensor, int, float, np.random.Generator], torch.Tensor]


def unchanged(
    square: torch.Tensor, side: int, strength: float, rng: np.random.Generator
) -> torch.Tensor:
    """The centre: what the network sees of a photo when it is tested."""
    seen: torch.Tensor = functional.center_crop(square, [side, side])
    return seen


def flip(
    square: torch.Tensor, side: int, strength: float, rng: np.random.Generator
) -> torch.Tensor:
    """The centre, left and right exchanged."""
    return unchanged(square, side, strength, rng).flip(-1)


def random_crop(
    square: torch.Tensor, side: int, strength: float, rng: np.random.Generator
) -> torch.Tensor:
    """A square of a share of the photo's, somewhere in it, brought to the input's size."""
    cut = max(1, round(square.shape[1] * strength))
    top, left = (int(place) for place in rng.integers(0, square.shape[1] - cut + 1, 2))
    found: torch.Tensor = functional.resize(
        square[:, top : top + cut, left : left + cut], [side, side], antialias=True
    )
    return found


def rotation(
    square: torch.Tensor, side: int, strength: float, rng: np.random.Generator
) -> torch.Tensor:
    """The photo turned about its centre by at most so many degrees; what is missing is black."""
    angle = float(rng.uniform(-strength, strength))
    turned = functional.rotate(square, angle, InterpolationMode.BILINEAR)
    return unchanged(turned, side, strength, rng)


def noise(
    square: torch.Tensor, side: int, strength: float, rng: np.random.Generator
) -> torch.Tensor:
    """Gaussian noise of a standard deviation, added to each number."""
    seen = unchanged(square, side, strength, rng)
    drawn = rng.standard_normal(tuple(seen.shape), np.float32)
    return (seen + strength * torch.from_numpy(drawn)).clamp(0, 1)


def random_erasing(
    square: torch.Tensor, side: int, strength: float, rng: np.random.Generator
) -> torch.Tensor:
    """A rectangle of a share of the area, of 0.3 to 3.3 times its width in height, full of noise.

    One that would be higher or wider than the picture is cut to it.
    """
    ratio = float(np.exp(rng.uniform(np.log(0.3), -np.log(0.3))))
    height = min(side, max(1, round(side * np.sqrt(strength * ratio))))
    width = min(side, max(1, round(side * np.sqrt(strength / ratio))))
    top = int(rng.integers(0, side - height + 1))
    left = int(rng.integers(0, side - width + 1))
    drawn = torch.from_numpy(rng.random((3, height, width), np.float32))
    seen = unchanged(square, side, strength, rng).clone()
    seen[:, top : top + height, left : left + width] = drawn
    return seen


def colour_jitter(
    square: torch.Tensor, side: int, strength: float, rng: np.random.Generator
) -> torch.Tensor:
    """Brightness, contrast and saturation times 1 - s ... 1 + s, hue turned by up to s/4 of it."""
    brightness, contrast, saturation = (float(f) for f in rng.uniform(-strength, strength, 3))
    seen = unchanged(square, side, strength, rng)
    seen = functional.adjust_brightness(seen, 1 + brightness)
    seen = functional.adjust_contrast(seen, 1 + contrast)
    seen = functional.adjust_saturation(seen, 1 + saturation)
    hue = float(rng.uniform(-strength, strength)) / 4
    found: torch.Tensor = functional.adjust_hue(seen, hue)
    return found


def pca_colour(
    square: torch.Tensor, side: int, strength: float, rng: np.random.Generator
) -> torch.Tensor:
    """One colour added to all pixels: along ImageNet's principal colours, each times N(0, s)."""
    alphas = rng.normal(0, strength, 3)
    added = np.array(EIGENVECTORS) @ (alphas * EIGENVALUES)
    seen = unchanged(square, side, strength, rng)
    return (seen + torch.tensor(added, dtype=torch.float32).view(3, 1, 1)).clamp(0, 1)


def blur(
    square: torch.Tensor, side: int, strength: float, rng: np.random.Generator
) -> torch.Tensor:
    """Gaussian blur; sigma is a percentage of the input's side."""
    sigma = strength * side / 100
    reach = min(2 * int(np.ceil(3 * sigma)) + 1, 2 * (square.shape[1] // 2) - 1)
    return unchanged(
        functional.gaussian_blur(square, [reach, reach], [sigma, sigma]), side, strength, rng
    )


def jpeg(
    square: torch.Tensor, side: int, strength: float, rng: np.random.Generator
) -> torch.Tensor:
    """Saved as JPEG of a quality from 1 to 95, and opened again."""
    seen = unchanged(square, side, strength, rng)
    pixels = (seen * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=int(strength))
    opened = np.array(Image.open(file))
    return torch.from_numpy(opened).permute(2, 0, 1).to(torch.float32) / 255


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
    strengths: tuple[float, float, float]
    amount: str
    help: str
    source: str

    def amount_at(self, level: str) -> str:
        """How strong it is at one of the ``LEVELS``, in words."""
        return self.amount.format(self.strengths[LEVELS.index(level)])


KRIZHEVSKY = "Krizhevsky et al. 2012, section 4.1"

AUGMENTATIONS: dict[str, Augmentation] = {
    "flip": Augmentation(
        "Horizontal flip",
        flip,
        (1, 1, 1),
        "always",
        "A mirrored cat is a cat; a mirrored letter may be none.",
        KRIZHEVSKY,
    ),
    "crop": Augmentation(
        "Random crop",
        random_crop,
        (0.875, 0.75, 0.5),
        "{:.1%} of the side",
        "Another part of the photo, enlarged where it is smaller than the input; 87.5% is 224 of "
        "256 px.",
        KRIZHEVSKY,
    ),
    "rotation": Augmentation(
        "Rotation",
        rotation,
        (10, 30, 90),
        "at most {:g}°",
        "The photo turned about its centre.",
        "Simard et al. 2003, section 2",
    ),
    "noise": Augmentation(
        "Noise",
        noise,
        (0.03, 0.1, 0.25),
        "σ {:.0%} of the range",  # noqa: RUF001
        "Gaussian noise, drawn for every pixel and colour.",
        "Bishop 1995, Training with Noise",
    ),
    "erasing": Augmentation(
        "Random erasing",
        random_erasing,
        (0.05, 0.2, 0.4),
        "{:.0%} of the area",
        "A rectangle of random values, so that no single part decides.",
        "Zhong et al. 2020, Algorithm 1",
    ),
    "jitter": Augmentation(
        "Colour jitter",
        colour_jitter,
        (0.2, 0.4, 0.8),
        "± {:.0%}",
        "Brightness, contrast, saturation and, a quarter as far, hue, in this order.",
        "Howard 2013; hue as in torchvision",
    ),
    "pca": Augmentation(
        "PCA colour",
        pca_colour,
        (0.1, 0.3, 1.0),
        "α ~ N(0, {:g})",  # noqa: RUF001
        "One colour for all pixels along ImageNet's principal colours, as if the light changed; "
        "the paper has 0.1.",
        KRIZHEVSKY,
    ),
    "blur": Augmentation(
        "Gaussian blur",
        blur,
        (1, 2, 4),
        "σ {:g}% of the side",  # noqa: RUF001
        "What remains without edges and texture.",
        "Chen et al. 2020, SimCLR, appendix A",
    ),
    "jpeg": Augmentation(
        "JPEG",
        jpeg,
        (50, 15, 5),
        "quality {:g}",
        "The blocks of a photo that was saved too small.",
        "Dodge and Karam 2016",
    ),
}


def augmented_pictures(
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
    square, side = _square(spec, photo), preprocessing(spec).crop
    pictures = {"plain": unchanged(square, side, 0, np.random.default_rng(seed))}
    for key, each in AUGMENTATIONS.items():
        strength = each.strengths[LEVELS.index(level)]
        pictures[key] = each.function(square, side, strength, np.random.default_rng(seed))
    return pictures


def _square(spec: NetworkSpec, photo: Image.Image) -> torch.Tensor:
    """The central square of the resized photo, float32 (3, S, S) in [0, 1].

    Networks of small inputs (CIFAR) are not tested with a crop, so S is their input's side.
    """
    published = preprocessing(spec)
    whole = replace(published, crop=published.resize or published.crop)
    pixels = torch.from_numpy(np.array(crop_for_network(in_its_colours(spec, photo), whole)))
    return pixels.permute(2, 0, 1).to(torch.float32) / 255
