"""Other colours of the same image: jitter, and one colour added along principal axes (PCA)."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from cnnviz.augmentation.noise import Rng, normal, uniform

GREY = (0.299, 0.587, 0.114)


def jittered(pixels: torch.Tensor, strength: float, rng: Rng) -> torch.Tensor:
    """Brightness, contrast and saturation of each image times 1 - s ... 1 + s (Howard 2013)."""
    brightness, contrast, saturation = (
        1 + strength * (2 * uniform((len(pixels), 1, 1, 1), pixels, rng) - 1) for _ in range(3)
    )
    pixels = brightness * pixels
    middle = _grey(pixels).mean(dim=(2, 3), keepdim=True)
    pixels = middle + contrast * (pixels - middle)
    grey = _grey(pixels)
    return grey + saturation * (pixels - grey)


def _grey(pixels: torch.Tensor) -> torch.Tensor:
    if pixels.shape[1] == 1:
        return pixels
    # Numbers, not a tensor of them, which a CUDA graph could not fetch.
    red, green, blue = GREY
    return red * pixels[:, 0:1] + green * pixels[:, 1:2] + blue * pixels[:, 2:3]


@dataclass(frozen=True, eq=False)
class ColourAxes:
    """Along which colours pixels vary: their covariance's eigenvalues and eigenvectors.

    Attributes:
        values: Eigenvalues, float64 (C,).
        vectors: Eigenvectors, float64 (C, C), a column each.
    """

    values: torch.Tensor
    vectors: torch.Tensor

    @classmethod
    def of(cls, pixels: torch.Tensor) -> ColourAxes:
        """The axes of pixels in [0, 1], float64 (N, C), the smallest eigenvalue first."""
        values, vectors = torch.linalg.eigh(torch.atleast_2d(torch.cov(pixels.T)))
        return cls(values, vectors)

    @property
    def colours(self) -> torch.Tensor:
        """The principal colours, float32 (C, C): a column each, as long as its eigenvalue."""
        colours: torch.Tensor = (self.vectors * self.values).to(torch.float32)
        return colours

    @property
    def order(self) -> torch.Tensor:
        """Positions of the axes, the largest eigenvalue first."""
        return self.values.argsort(descending=True)

    @property
    def signs(self) -> torch.Tensor:
        """1, or -1 for an axis that darkens: an eigenvector's sign is free."""
        return torch.where(self.vectors.sum(dim=0) < 0, -1.0, 1.0)

    @property
    def ordered(self) -> ColourAxes:
        """The same axes for reading: the largest first, each turned so that it brightens."""
        return ColourAxes(self.values[self.order], (self.vectors * self.signs)[:, self.order])


# Of ImageNet's training images, pixels in [0, 1]: Krizhevsky et al. 2012 print no numbers; these
# are the ones of fb.resnet.torch, datasets/imagenet.lua.
IMAGENET_AXES = ColourAxes(
    torch.tensor((0.2175, 0.0188, 0.0045), dtype=torch.float64),
    torch.tensor(
        (
            (-0.5675, 0.7192, 0.4009),
            (-0.5808, -0.0045, -0.8140),
            (-0.5836, -0.6948, 0.4203),
        ),
        dtype=torch.float64,
    ),
)


def recoloured(
    pixels: torch.Tensor, colours: torch.Tensor, strength: float, rng: Rng
) -> torch.Tensor:
    """Each image with one colour added: the principal colours, each times N(0, strength).

    Krizhevsky et al. 2012, section 4.1: [p1, p2, p3] [alpha1 lambda1, ...]^T.

    Args:
        pixels: float32 (N, C, H, W).
        colours: (C, C), on the same device: of ``ColourAxes.colours``.
        strength: Standard deviation of each alpha.
        rng: Random numbers.
    """
    added = _alphas(pixels, strength, rng) @ colours.T
    return pixels + added[:, :, None, None]


def _alphas(pixels: torch.Tensor, strength: float, rng: Rng) -> torch.Tensor:
    """How much of each principal colour is added to each image, (N, C): N(0, strength)."""
    return strength * normal(tuple(pixels.shape[:2]), pixels, rng)


@dataclass(frozen=True, eq=False)
class ColourDraws:
    """The colours that ``recoloured`` adds to images, with what they are made of.

    Attributes:
        axes: As they are read, ``ColourAxes.ordered``.
        alphas: Of those axes, (N, C).
        added: To red, green and blue in [0, 1], (N, C).
    """

    axes: ColourAxes
    alphas: torch.Tensor
    added: torch.Tensor


def colour_draws(
    pixels: torch.Tensor, axes: ColourAxes, strength: float, rng: Rng = None
) -> ColourDraws:
    """What ``recoloured`` adds to images (N, C, H, W) by the same random numbers."""
    alphas = _alphas(pixels, strength, rng)
    # Where an eigenvector is turned, its alpha is too, and the colour stays.
    turned = (alphas * axes.signs)[:, axes.order]
    return ColourDraws(axes.ordered, turned, alphas @ axes.colours.T)
