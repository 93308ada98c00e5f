"""In which order a map puts the pixels, and how alike two maps order them."""

from __future__ import annotations

import numpy as np


def pixel_ranks(values: np.ndarray, seed: int = 0) -> np.ndarray:
    """The place of each pixel from the most important, 0, to the least: int64 (H, W).

    Equal values come in a random order, which the seed decides: a map that is cut off at 0 has
    many of them, and the order of the rows would tell the photo's top from its bottom.

    Args:
        values: A map, (H, W).
        seed: Decides the order among equal values.
    """
    rng = np.random.default_rng(seed).random(values.size)
    order = np.lexsort((rng, -values.ravel()))
    ranks = np.empty(values.size, np.int64)
    ranks[order] = np.arange(values.size)
    return ranks.reshape(values.shape)


def random_ranks(height: int, width: int, seed: int) -> np.ndarray:
    """The places of pixels in a random order, int64 (H, W)."""
    return pixel_ranks(np.zeros((height, width)), seed)


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's rank correlation of two maps, from -1 to 1; NaN where one of them is constant."""
    ranked = [_mean_ranks(values.ravel()) for values in (first, second)]
    a, b = (ranks - ranks.mean() for ranks in ranked)
    below = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / below if below > 0 else float("nan")


def _mean_ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1; equal values share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: np.ndarray = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return ranks
