"""The colours that PCA colour augmentation draws, with what they are made of."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from cnnviz.training.augmentation import Rng, colour_alphas, colour_axes, principal_colours
from cnnviz.training.datasets.base import Data


@dataclass(frozen=True, eq=False)
class ColourDraws:
    """Colours that are added to images, largest principal colour first.

    Attributes:
        values: Eigenvalues of the pixels' covariance, (C,).
        vectors: Eigenvectors, (C, C), a column each, turned so that each brightens.
        alphas: Of those vectors, (N, C).
        added: To red, green and blue in [0, 1], (N, C).
    """

    values: torch.Tensor
    vectors: torch.Tensor
    alphas: torch.Tensor
    added: torch.Tensor


def colour_draws(data: Data, images: torch.Tensor, strength: float, rng: Rng = None) -> ColourDraws:
    """What ``Augmentation`` with PCA colour alone adds to images by the same random numbers.

    Args:
        data: Whose training pixels have the principal colours.
        images: uint8 (N, H, W, C).
        strength: Standard deviation of each alpha.
        rng: Random numbers.
    """
    alphas = colour_alphas(images.permute(0, 3, 1, 2), strength, rng)
    values, vectors = (each.flip(-1) for each in colour_axes(data))
    # An eigenvector's sign is free: where it is turned, its alpha is too, and the colour stays.
    signs = torch.where(vectors.sum(dim=0) < 0, -1.0, 1.0)
    return ColourDraws(
        values=values,
        vectors=vectors * signs,
        alphas=alphas.flip(-1) * signs,
        added=alphas @ principal_colours(data).T,
    )
