"""What a collection of pictures is, and the one that ships with cnnviz."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from PIL import Image

from cnnviz.images.names import printable
from cnnviz.images.opening import FORMATS, ImageError, open_image
from cnnviz.images.samples import SampleImage, sample_images

MAX_IMAGES = 100_000  # Of each, a zip's directory takes about 700 bytes.
# What systems put between the images: macOS, Synology, Windows, Unix, Linux and Android.
OF_SYSTEMS = frozenset(
    (
        *("__macosx", "@eadir", "#recycle", "#snapshot", "$recycle.bin", "recycler"),
        *("system volume information", "lost+found", "__pycache__", "lost.dir"),
    )
)


class DataError(ValueError):
    """One sentence for the visitor: why there is no such data, and what to do about it."""


@dataclass(frozen=True)
class Picture:
    """A picture of a collection.

    Attributes:
        name: What to call it; printable.
        label: Its class, or an empty string; printable.
    """

    name: str
    label: str = ""


@dataclass(frozen=True, eq=False)
class Collection:
    """Pictures that are opened one at a time.

    Attributes:
        key: Identifies the collection and its content in caches.
        title: What a menu shows.
        images: What there is.
        open: Gives the picture at a position as upright RGB, or raises an ``ImageError`` that says
            why there is none; several threads may call it at once.
    """

    key: Hashable
    title: str
    images: tuple[Picture, ...]
    open: Callable[[int], Image.Image]

    def __len__(self) -> int:
        return len(self.images)

    def readable(
        self, positions: Iterable[int], unreadable: dict[int, str]
    ) -> Iterator[tuple[int, Image.Image]]:
        """Positions and pictures that can be opened; the others' reasons go to ``unreadable``."""
        for position in positions:
            try:
                yield position, self.open(position)
            except ImageError as error:
                unreadable[position] = str(error)


def sample_collection() -> Collection:
    """The photographs in ``sample_images/``."""
    samples: tuple[SampleImage, ...] = sample_images()
    pictures = tuple(Picture(sample.title) for sample in samples)
    return Collection(
        "sample_images", "sample photos", pictures, lambda i: open_image(samples[i].path)
    )


def even_sample(collection: Collection, most: int, seed: int = 0) -> tuple[int, ...]:
    """At most so many positions of a collection, as many of each class as it has, in order.

    Args:
        collection: Where it has no classes, all its pictures are alike.
        most: Above 0; a collection that has no more is taken whole.
        seed: Decides which; the same seed takes the same pictures.
    """
    labels = [image.label for image in collection.images]
    names, classes = np.unique(labels, return_inverse=True)
    # In an order that chance decides, so that no class is always the first to be left out.
    ranks = torch.randperm(len(names), generator=torch.Generator().manual_seed(seed))
    return tuple(even_positions(ranks[classes], most, seed).tolist())


def even_positions(labels: torch.Tensor, most: int, seed: int = 0) -> torch.Tensor:
    """At most so many positions, as many of each class as it has, in order.

    Args:
        labels: int64 (N,); of classes that are cut off in their midst, the first ones stay.
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


# Paths are texts here, with / between their parts: 60,000 of pathlib's take two seconds more.


def is_image(path: str) -> bool:
    """Whether a path inside of a collection is an image by its name, and not a hidden file."""
    return "." + path.rpartition(".")[2].lower() in _suffixes() and is_visible(path)


def is_visible(path: str) -> bool:
    """Whether a path inside of a collection is people's: neither hidden nor of a system."""
    parts = [part for part in path.split("/") if part not in (".", "..")]
    return not any(part.startswith(".") or part.lower() in OF_SYSTEMS for part in parts)


def described(paths: Sequence[str]) -> tuple[Picture, ...]:
    """Pictures by their paths inside of a collection.

    The class of a picture is the name of the folder that holds it; pictures that all lie in one
    folder have none.
    """
    folders = [path.rpartition("/")[0] for path in paths]
    labels = {folder: _label(folder) for folder in folders}
    has_classes = len(labels) > 1
    return tuple(
        Picture(printable(path), labels[folder] if has_classes else "")
        for path, folder in zip(paths, folders, strict=True)
    )


@cache
def _suffixes() -> frozenset[str]:
    known = Image.registered_extensions()
    return frozenset(suffix for suffix, kind in known.items() if kind in FORMATS)


def _label(folder: str) -> str:
    name = folder.rpartition("/")[2]
    return "" if name in (".", "..") else printable(name)
