"""What training does to its images, in batches, on the device that they are on."""

from __future__ import annotations

import math

import torch
from torch.nn import functional

from cnnviz.training.datasets.base import Data
from cnnviz.training.options import TrainingOptions

# Zhong et al. 2020, Algorithm 1 and section 4.1: share of the area, height by width.
ERASED_AREA = (0.02, 0.4)
ERASED_RATIO = (0.3, 1 / 0.3)
GREY = (0.299, 0.587, 0.114)

Rng = torch.Generator | None


class Augmentation:
    """Changes images by chance, as the options say; the order is that of the methods here."""

    def __init__(
        self, options: TrainingOptions, data: Data, device: torch.device | str = "cpu"
    ) -> None:
        """Prepare for images of that data on that device."""
        self._options = options
        self._colours = principal_colours(data).to(device) if options.pca_colour else None

    def augmented(self, images: torch.Tensor, rng: Rng = None) -> torch.Tensor:
        """Images after crop, flip, rotation, colours, noise and erasing.

        Args:
            images: uint8 (N, H, W, C).
            rng: Of the images' device; default torch's own generator, as a CUDA graph needs.

        Returns:
            float32 (N, C, H, W) in [0, 1], its channels last in memory.
        """
        options = self._options
        if options.crop or options.flip:
            images = cropped(images, options.crop, options.flip, rng)
        pixels = images.permute(0, 3, 1, 2).to(torch.float32).div_(255)
        if options.rotation:
            pixels = rotated(pixels, options.rotation, rng)
        if options.jitter:
            pixels = jittered(pixels, options.jitter, rng)
        if self._colours is not None:
            pixels = recoloured(pixels, self._colours, options.pca_colour, rng)
        if options.noise:
            pixels = pixels + options.noise * _normal(pixels.shape, pixels, rng)
        if options.erasing:
            pixels = erased(pixels, options.erasing, rng)
        pixels = pixels.clamp_(0, 1) if self._leaves_range else pixels
        return pixels.contiguous(memory_format=torch.channels_last)

    @property
    def _leaves_range(self) -> bool:
        options = self._options
        return bool(options.jitter or options.pca_colour or options.noise)


def normalise(pixels: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """The same tensor (N, C, H, W) with the mean (1, C, 1, 1) subtracted, divided by the std."""
    return pixels.sub_(mean).div_(std)


def cropped(images: torch.Tensor, padding: int, flip: bool, rng: Rng) -> torch.Tensor:
    """A window of each image's size, from the image with black around it; half of them mirrored.

    He et al. 2016, section 4.2, with padding 4. One gather does both.

    Args:
        images: uint8 (N, H, W, C).
        padding: Black pixels on each side.
        flip: Whether half of them are mirrored.
        rng: Random numbers.
    """
    count, height, width, _ = images.shape
    padded = functional.pad(images, (0, 0, padding, padding, padding, padding))
    down, across = (
        torch.arange(height, device=images.device),
        torch.arange(width, device=images.device),
    )
    columns = across.expand(count, width)
    if flip:
        mirrored = _uniform((count, 1), images, rng) < 0.5
        columns = torch.where(mirrored, width - 1 - columns, columns)
    top, left = (
        (_uniform((count, 1), images, rng) * (2 * padding + 1)).long().clamp_(max=2 * padding)
        for _ in range(2)
    )
    numbers = torch.arange(count, device=images.device)
    return padded[numbers[:, None, None], (down + top)[:, :, None], (columns + left)[:, None, :]]


def rotated(pixels: torch.Tensor, degrees: float, rng: Rng) -> torch.Tensor:
    """Each image turned about its centre by at most so much; what is missing is black."""
    angles = (2 * _uniform((len(pixels),), pixels, rng) - 1) * math.radians(degrees)
    cosines, sines, zeros = angles.cos(), angles.sin(), torch.zeros_like(angles)
    turns = torch.stack([cosines, -sines, zeros, sines, cosines, zeros], dim=1).view(-1, 2, 3)
    grid = functional.affine_grid(turns, list(pixels.shape), align_corners=False)
    return functional.grid_sample(pixels, grid, align_corners=False)


def jittered(pixels: torch.Tensor, strength: float, rng: Rng) -> torch.Tensor:
    """Brightness, contrast and saturation of each image times 1 - s ... 1 + s (Howard 2013)."""
    brightness, contrast, saturation = (
        1 + strength * (2 * _uniform((len(pixels), 1, 1, 1), pixels, rng) - 1) for _ in range(3)
    )
    pixels = brightness * pixels
    middle = _grey(pixels).mean(dim=(2, 3), keepdim=True)
    pixels = middle + contrast * (pixels - middle)
    grey = _grey(pixels)
    return grey + saturation * (pixels - grey)


def recoloured(
    pixels: torch.Tensor, colours: torch.Tensor, strength: float, rng: Rng
) -> torch.Tensor:
    """Each image with one colour added: the principal colours, each times N(0, strength).

    Krizhevsky et al. 2012, section 4.1: [p1, p2, p3] [alpha1 lambda1, ...]^T.

    Args:
        pixels: float32 (N, C, H, W).
        colours: (C, C), a column each, of its eigenvalue's length: of ``principal_colours``.
        strength: Standard deviation of each alpha.
        rng: Random numbers.
    """
    added = colour_alphas(pixels, strength, rng) @ colours.T
    return pixels + added[:, :, None, None]


def colour_alphas(pixels: torch.Tensor, strength: float, rng: Rng) -> torch.Tensor:
    """How much ``recoloured`` adds of each principal colour to each image, (N, C): N(0, s)."""
    return strength * _normal(tuple(pixels.shape[:2]), pixels, rng)


def erased(pixels: torch.Tensor, probability: float, rng: Rng) -> torch.Tensor:
    """Some images with a rectangle of noise (Zhong et al. 2020, Algorithm 1)."""
    count, _, height, width = pixels.shape
    least, most = ERASED_AREA
    area = least + (most - least) * _uniform((count, 1), pixels, rng)
    low, high = (math.log(ratio) for ratio in ERASED_RATIO)
    ratio = (low + (high - low) * _uniform((count, 1), pixels, rng)).exp()
    down = _inside(height, (area * ratio).sqrt().clamp(max=1), pixels, rng)
    across = _inside(width, (area / ratio).sqrt().clamp(max=1), pixels, rng)
    chosen = _uniform((count, 1, 1), pixels, rng) < probability
    hit = (down[:, :, None] & across[:, None, :] & chosen).unsqueeze(1)
    return torch.where(hit, _uniform(pixels.shape, pixels, rng), pixels)


def principal_colours(data: Data) -> torch.Tensor:
    """The principal colours of the training pixels, float32 (C, C): a column each.

    Each has the length of its eigenvalue, the variance along it.
    """
    values, vectors = colour_axes(data)
    colours: torch.Tensor = (vectors * values).to(torch.float32)
    return colours


def colour_axes(data: Data) -> tuple[torch.Tensor, torch.Tensor]:
    """Eigenvalues and eigenvectors of the training pixels' covariance, smallest first.

    Returns:
        float64 (C,) and (C, C), a column each, of pixels in [0, 1].
    """
    step = max(1, len(data.train) // 2000)  # of so many images the covariance is steady
    pixels = data.train.images[::step].reshape(-1, data.channels).to(torch.float64) / 255
    covariance = torch.atleast_2d(torch.cov(pixels.T))
    values, vectors = torch.linalg.eigh(covariance)
    return values, vectors


def _inside(side: int, share: torch.Tensor, like: torch.Tensor, rng: Rng) -> torch.Tensor:
    """Which of ``side`` places are in an interval of a share (N, 1) of them, bool (N, side)."""
    length = (share * side).round().clamp(min=1)
    start = (_uniform(share.shape, like, rng) * (side - length + 1)).floor()
    places = torch.arange(side, device=like.device)
    return (places >= start) & (places < start + length)


def _grey(pixels: torch.Tensor) -> torch.Tensor:
    if pixels.shape[1] == 1:
        return pixels
    # Numbers, not a tensor of them, which a CUDA graph could not fetch.
    red, green, blue = GREY
    return red * pixels[:, 0:1] + green * pixels[:, 1:2] + blue * pixels[:, 2:3]


def _uniform(shape: tuple[int, ...], like: torch.Tensor, rng: Rng) -> torch.Tensor:
    return torch.rand(shape, generator=rng, device=like.device)


def _normal(shape: tuple[int, ...], like: torch.Tensor, rng: Rng) -> torch.Tensor:
    return torch.randn(shape, generator=rng, device=like.device)
