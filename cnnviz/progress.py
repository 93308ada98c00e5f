"""Progress reports of long computations, which also cancel them."""

from collections.abc import Callable, Iterator

# Called with the share done, in [0, 1]; an exception that it raises cancels the work entirely.
Progress = Callable[[float], None]


def ignore_progress(share: float) -> None:
    """Discard a progress report: the default where nobody watches."""


def batches(count: int, size: int, progress: Progress = ignore_progress) -> Iterator[slice]:
    """Slices of at most ``size`` that cover 0 ... count - 1; reports the progress after each."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))
        progress(min(start + size, count) / count)


def part(progress: Progress, first: float, last: float) -> Progress:
    """A progress function for one part of the work, which spans the shares first to last."""
    return lambda share: progress(first + share * (last - first))
