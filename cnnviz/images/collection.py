"""What a collection of pictures is, and the one that ships with cnnviz."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from cnnviz.images.opening import FORMATS, open_image
from cnnviz.images.samples import SampleImage, sample_images

MAX_PICTURES = 100_000
LONGEST_NAME = 200  # characters
UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"


class CollectionError(ValueError):
    """One sentence for the visitor: why there is no such collection, and what to do about it."""


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
        pictures: What there is.
        opener: Gives the picture at a position; several threads may call it at once.
    """

    key: Hashable
    title: str
    pictures: tuple[Picture, ...]
    opener: Callable[[int], Image.Image]

    def __len__(self) -> int:
        return len(self.pictures)

    def open(self, position: int) -> Image.Image:
        """The picture at a position as upright RGB.

        Raises:
            ImageError: It cannot be opened; the message says why.
        """
        return self.opener(position)


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
    if len(collection) <= most:
        return tuple(range(len(collection)))
    generator = np.random.default_rng(seed)
    labels = [picture.label for picture in collection.pictures]
    _, classes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    shuffled = generator.permutation(len(labels))
    grouped = shuffled[np.argsort(classes[shuffled], kind="stable")]
    # One of each class comes first, then a second of each: where it is cut off, it is even.
    turns = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    ranks = generator.permutation(len(counts))[classes[grouped]]
    taken = grouped[np.lexsort((ranks, turns))][:most]
    return tuple(int(position) for position in np.sort(taken))


# Paths are texts here, with / between their parts: 60,000 of pathlib's take two seconds more.


def is_picture(path: str) -> bool:
    """Whether a path inside of a collection is a picture by its name, and not a hidden file.

    The folder ``__MACOSX``, where macOS puts what is no content, counts as hidden.
    """
    if "." + path.rpartition(".")[2].lower() not in _suffixes():
        return False
    parts = path.split("/")
    return "__MACOSX" not in parts and not any(map(_is_hidden, parts))


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


def _is_hidden(part: str) -> bool:
    return part.startswith(".") and part not in (".", "..")


def _label(folder: str) -> str:
    name = folder.rpartition("/")[2]
    return "" if name in (".", "..") else printable(name)


def printable(name: str) -> str:
    """A name that no screen takes for a command; of a long one, the end."""
    shown = name
    if not name.isprintable():
        shown = "".join(sign if sign.isprintable() else UNPRINTABLE for sign in name)
    return shown if len(shown) <= LONGEST_NAME else f"…{shown[1 - LONGEST_NAME :]}"
