"""Statistics of a layer's feature maps, and the limits of colour scales."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

ORDERS = ("strongest first", "in order")
SCALES = ("each map", "the layer", "all layers")


@dataclass(frozen=True, eq=False)
class MapStatistics:
    """Statistics of each of K maps; arrays (K,).

    Attributes:
        mean: Mean of all values.
        minimum: Smallest value.
        maximum: Largest value.
        zeros: Share of values that are at most 0, in [0, 1], which a ReLU sets to 0.
        strength: Mean after a ReLU.
    """

    mean: np.ndarray
    minimum: np.ndarray
    maximum: np.ndarray
    zeros: np.ndarray
    strength: np.ndarray

    @property
    def dead(self) -> np.ndarray:
        """Positions of dead maps, without a value above 0."""
        return np.flatnonzero(self.maximum <= 0)

    def order(self, how: str) -> np.ndarray:
        """Positions of all maps, sorted by one of the ``ORDERS``.

        Raises:
            ValueError: There is no such order.
        """
        if how not in ORDERS:
            raise ValueError(f"order must be one of {', '.join(ORDERS)}; received {how!r}.")
        if how == "in order":
            return np.arange(len(self.mean))
        return np.argsort(-self.strength, kind="stable")


def map_statistics(maps: np.ndarray) -> MapStatistics:
    """Compute the statistics of maps (K, h, w)."""
    flat = maps.reshape(len(maps), -1)
    return MapStatistics(
        mean=flat.mean(axis=1),
        minimum=flat.min(axis=1),
        maximum=flat.max(axis=1),
        zeros=(flat <= 0).mean(axis=1),
        strength=np.maximum(flat, 0).mean(axis=1),
    )


def rectified(maps: np.ndarray) -> np.ndarray:
    """Apply a ReLU to maps: max(0, x)."""
    positive: np.ndarray = np.maximum(maps, 0)
    return positive


def largest(tensors: Iterable[np.ndarray]) -> float:
    """The largest absolute value of several arrays, the limit of a common scale."""
    return max((float(np.abs(each).max()) for each in tensors if each.size), default=0.0)


def reaches(maps: np.ndarray, scale: str, layers: Iterable[np.ndarray]) -> np.ndarray:
    """The limit of the colour scale of each map, (K,).

    Args:
        maps: Maps of the layer, (K, h, w).
        scale: "each map", "the layer" or "all layers": the largest absolute value of the map, of
            the layer, or of ``layers`` too.
        layers: Outputs of other layers.

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
