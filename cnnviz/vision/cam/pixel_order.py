"""The order of pixels by importance, and the rank correlation of two maps."""

import numpy as np


def pixel_ranks(values: np.ndarray, seed: int = 0) -> np.ndarray:
    """Rank of each pixel, from 0 for the most important, int64 (H, W).

    Equal values, frequent in maps clipped at 0, have a random order; the order of rows would
    prefer the top of the photo.

    Args:
        values: A map, (H, W).
        seed: Determines the order of equal values.
    """
    rng = np.random.default_rng(seed).random(values.size)
    order = np.lexsort((rng, -values.ravel()))
    ranks = np.empty(values.size, np.int64)
    ranks[order] = np.arange(values.size)
    return ranks.reshape(values.shape)


def random_ranks(height: int, width: int, seed: int) -> np.ndarray:
    """Random ranks of pixels, int64 (H, W)."""
    return pixel_ranks(np.zeros((height, width)), seed)


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's rank correlation of two maps, from -1 to 1; NaN if one is constant."""
    ranked = [_mean_ranks(values.ravel()) for values in (first, second)]
    a, b = (ranks - ranks.mean() for ranks in ranked)
    below = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / below if below > 0 else float("nan")


def _mean_ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1; equal values share their mean rank."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: np.ndarray = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return ranks
