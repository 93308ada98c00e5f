"""Data sets: built in, downloaded by torchvision, prepared by the teacher, or the visitor's own."""

from __future__ import annotations

from cnnviz.training.datasets.base import Data, DataError, Dataset, Split
from cnnviz.training.datasets.digits import DIGITS
from cnnviz.training.datasets.downloaded import CIFAR10, CIFAR100, FASHION_MNIST, MNIST, SVHN
from cnnviz.training.datasets.shapes import SHAPES
from cnnviz.vision.progress import Progress, unheard

__all__ = [
    "DATASETS",
    "Data",
    "DataError",
    "Dataset",
    "Split",
    "dataset",
    "known_datasets",
    "load",
]

# In the order of a menu: what needs no download, then from small to large.
DATASETS: tuple[Dataset, ...] = (
    DIGITS,
    SHAPES,
    MNIST,
    FASHION_MNIST,
    CIFAR10,
    CIFAR100,
    SVHN,
)


def known_datasets() -> tuple[Dataset, ...]:
    """``DATASETS``, and the class folders and zips in the teacher's folder CNNVIZ_DATA."""
    return DATASETS


def dataset(name: str) -> Dataset:
    """The data set of that name.

    Args:
        name: Of the registry.

    Raises:
        KeyError: There is none; the message lists the known names.
    """
    known = {each.name: each for each in known_datasets()}
    if name in known:
        return known[name]
    raise KeyError(f"{name} is no data set; known are {', '.join(known)}.")


def load(
    name: str,
    side: int | None = None,
    channels: int | None = None,
    seed: int = 0,
    progress: Progress = unheard,
) -> Data:
    """The data set of that name in memory, as a network wants it.

    Args:
        name: As ``dataset`` takes it.
        side: Height and width of the images in pixels, from 8 to 512; None: the data set's own.
        channels: 1 or 3; None: the data set's own.
        seed: Decides the split where the data set has no official one, and draws the shapes.
        progress: Told how far it is.

    Raises:
        KeyError: There is no data set of that name.
        ValueError: Side or channels are outside of that.
        DataError: It cannot be had, is damaged or does not fit the memory.
    """
    found = dataset(name)
    own = (found.side if side is None else side, found.channels if channels is None else channels)
    return found.load(*own, seed, progress)
