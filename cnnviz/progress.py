"""How long computations say how far they are, and how they are stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator

# Told the share that is done, in [0, 1]; what it raises ends the work, which leaves nothing behind.
Progress = Callable[[float], None]


def unheard(share: float) -> None:
    """The progress function of someone who does not want to know."""


def batches(count: int, size: int, progress: Progress = unheard) -> Iterator[slice]:
    """The numbers 0 ... count - 1 in slices of at most ``size``; after each, its share is told."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))
        progress(min(start + size, count) / count)


def part(progress: Progress, first: float, last: float) -> Progress:
    """The progress function of a part of the work that goes from one share of it to another."""
    return lambda share: progress(first + share * (last - first))
