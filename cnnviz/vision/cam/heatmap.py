"""A class activation map with the number of places that it has to show."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional


@dataclass(frozen=True, eq=False)
class Heatmap:
    """A class activation map, and how fine it is.

    Attributes:
        values: float32 (H, W) of the input's size in [0, 1], the sum divided by its maximum; all 0
            where no region supports the class.
        places: Rows and columns (h, w) of what was resized to it.
    """

    values: np.ndarray
    places: tuple[int, int]

    @classmethod
    def of(cls, terms: torch.Tensor, size: Sequence[int]) -> "Heatmap":
        """Sum the terms of a method, clip the sum at 0, resize it and divide it by its maximum.

        Nothing is subtracted (Selvaraju et al. 2017, Grad-CAM, equation 2), so that 0 means
        what it says. A sum that differs between places by no more than it is wrong by shows no
        region.

        Args:
            terms: What is summed over k, (K, h, w).
            size: Height and width of the input.
        """
        raw = functional.relu(terms.sum(dim=0))
        if raw.max() - raw.min() <= rounding_error(terms):
            raw = torch.zeros_like(raw)
        full = functional.interpolate(
            raw[None, None], size=tuple(size), mode="bilinear", align_corners=False
        )[0, 0]
        peak = full.max()
        values = (full / peak if peak > 0 else full).float().numpy(force=True)
        return cls(values, (raw.shape[0], raw.shape[1]))

    @property
    def has_region(self) -> bool:
        """Whether a region supports the class."""
        return bool(self.values.any())

    @property
    def why_empty(self) -> str:
        """Why the map shows no region, in a clause; empty where it shows one."""
        if self.has_region:
            return ""
        if self.places == (1, 1):
            return "the maps here are 1 x 1, one number for the whole image, and have no places"
        return "no region supports this class here"


def rounding_error(terms: torch.Tensor) -> float:
    """How far two equal sums over K terms, (K, h, w), may lie apart by rounding alone.

    A computed inner product of K terms is wrong by at most K u / (1 - K u) times the sum of their
    magnitudes, with u half the distance from 1 to the next number (Higham 2002, Accuracy and
    Stability of Numerical Algorithms, equation 3.5); a difference of two by twice as much.
    """
    eps = torch.finfo(terms.dtype).eps
    return len(terms) * eps * float(terms.abs().sum(dim=0).max())
