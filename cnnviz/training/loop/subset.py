"""Some of a data set's images, of each class alike."""

from __future__ import annotations

import torch


def even_positions(labels: torch.Tensor, most: int, seed: int = 0) -> torch.Tensor:
    """At most so many positions, as many of each class as it has, in order.

    Args:
        labels: int64 (N,).
        most: Above 0.
        seed: Decides which.
    """
    shuffled = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    grouped = shuffled[labels[shuffled].argsort(stable=True)]
    _, counts = labels[grouped].unique_consecutive(return_counts=True)
    starts = counts.cumsum(0) - counts
    # One of each class comes first, then a second of each: where it is cut off, it is even.
    turns = torch.arange(len(labels)) - starts.repeat_interleave(counts)
    return grouped[turns.argsort(stable=True)][:most].sort().values
