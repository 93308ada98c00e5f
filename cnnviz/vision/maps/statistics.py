"""The feature maps of a layer: which are strong, which are dead, how far a colour scale goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

ORDERS = ("strongest first", "in order")
SCALES = ("each map", "the layer", "all layers")


@dataclass(frozen=True, eq=False)
class MapStatistics:
    """What there is to say of each of K maps; arrays (K,).

    Attributes:
        mean: Of all values.
        minimum: The smallest value.
        maximum: The largest value.
        zeros: Share of values that are not above 0, in [0, 1]: what a ReLU makes 0.
        strength: Mean of the values above 0, the others counted as 0.
    """

    mean: np.ndarray
    minimum: np.ndarray
    maximum: np.ndarray
    zeros: np.ndarray
    strength: np.ndarray

    @property
    def dead(self) -> np.ndarray:
        """Positions of the maps without a value above 0."""
        return np.flatnonzero(self.maximum <= 0)

    def order(self, how: str) -> np.ndarray:
        """Positions of all maps in one of the ``ORDERS``.

        Raises:
            ValueError: There is no such order.
        """
        if how not in ORDERS:
            raise ValueError(f"order must be one of {', '.join(ORDERS)}; received {how!r}.")
        if how == "in order":
            return np.arange(len(self.mean))
        return np.argsort(-self.strength, kind="stable")


def map_statistics(maps: np.ndarray) -> MapStatistics:
    """The statistics of maps (K, h, w)."""
    flat = maps.reshape(len(maps), -1)
    return MapStatistics(
        mean=flat.mean(axis=1),
        minimum=flat.min(axis=1),
        maximum=flat.max(axis=1),
        zeros=(flat <= 0).mean(axis=1),
        strength=np.maximum(flat, 0).mean(axis=1),
    )


def rectified(maps: np.ndarray) -> np.ndarray:
    """What a ReLU makes of maps: max(0, x)."""
    positive: np.ndarray = np.maximum(maps, 0)
    return positive


def largest(tensors: Iterable[np.ndarray]) -> float:
    """The largest absolute value of several arrays: the end of a scale that suits all of them."""
    return max((float(np.abs(each).max()) for each in tensors if each.size), default=0.0)


def reaches(maps: np.ndarray, scale: str, layers: Iterable[np.ndarray]) -> np.ndarray:
    """The value of each map that is shown by the end of the colour scale, (K,).

    Args:
        maps: The layer's maps, (K, h, w).
        scale: "each map" by its own largest absolute value, "the layer" by the layer's, "all
            layers" by that of ``layers`` too.
        layers: What other layers put out.

    Raises:
        ValueError: There is no such scale.
    """
    own: np.ndarray = np.abs(maps).reshape(len(maps), -1).max(axis=1)
    if scale == "each map":
        return own
    if scale == "the layer":
        return np.full_like(own, own.max())
    if scale == "all layers":
        return np.full_like(own, largest([own, *layers]))
    raise ValueError(f"scale must be one of {', '.join(SCALES)}; received {scale!r}.")
