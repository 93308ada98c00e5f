"""A data set: its images in memory, and its entry in the registry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch

from cnnviz.architectures import NetworkSpec
from cnnviz.images import DataError
from cnnviz.progress import Progress
from cnnviz.training.datasets.layout.words import named

__all__ = ["Data", "DataError", "Dataset", "Load", "Split"]


@dataclass(frozen=True, eq=False)
class Split:
    """Images with their classes.

    Attributes:
        images: uint8 (N, H, W, C), C 1 or 3.
        labels: int64 (N,).
        masks: bool (N, H, W), true where the object is, where the data set knows it.
    """

    images: torch.Tensor
    labels: torch.Tensor
    masks: torch.Tensor | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, positions: torch.Tensor | slice) -> Split:
        """The images at some positions."""
        masks = None if self.masks is None else self.masks[positions]
        return Split(self.images[positions], self.labels[positions], masks)


@dataclass(frozen=True, eq=False)
class Data:
    """A data set in memory, ready for a network of its size and channels.

    Attributes:
        name: Of its entry in the registry, or the path that was given.
        title: What people call it, with what must be said ("JPEG-compressed").
        classes: Names of the classes, by label.
        train: What is trained on.
        test: What is tested on; ``repeated`` says how many images of it are in ``train`` too.
        mean: Of the training pixels in [0, 1], a channel.
        std: Of the same; above 0.
        skipped: Images that could not be used: (name, reason).
        train_count: Training images of the whole data set; 0 where ``train`` has all.
        content: Digest of the files with their classes and splits; "" where they cannot change.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    train: Split
    test: Split
    mean: tuple[float, ...]
    std: tuple[float, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    content: str = ""
    train_count: int = 0

    @property
    def side(self) -> int:
        """Height and width of the images in pixels."""
        return int(self.train.images.shape[1])

    @property
    def channels(self) -> int:
        """1 for greys, 3 for red, green and blue."""
        return int(self.train.images.shape[3])

    @cached_property
    def repeated(self) -> int:
        """How many test images have the pixels of a training image."""
        trained = set(_digests(self.train.images))
        return sum(digest in trained for digest in _digests(self.test.images))

    @property
    def fingerprint(self) -> dict[str, Any]:
        """What a run keeps of its data, as JSON, to see whether they have changed."""
        return {
            "classes": list(self.classes),
            "train": self.train_count or len(self.train),
            "test": len(self.test),
            "content": self.content,
        }

    def change_since(self, fingerprint: Mapping[str, Any] | None) -> str:
        """A sentence on how the data have changed since a run kept their fingerprint, or ""."""
        now = self.fingerprint
        if not fingerprint or fingerprint == {name: now[name] for name in fingerprint}:
            return ""
        had, has = set(fingerprint["classes"]), set(self.classes)
        counts = [
            f"{fingerprint[part]:,} {name} images are now {now[part]:,}"
            for part, name in (("train", "training"), ("test", "test"))
            if fingerprint.get(part, now[part]) != now[part]
        ]
        changes = [
            *([f"no longer {_names(had - has)}"] if had - has else []),
            *([f"newly {_names(has - had)}"] if has - had else []),
            *counts,
        ]
        what = ", ".join(changes) or "images were exchanged, renamed or moved"
        return f"{self.title} has changed since the run began ({what})."

    def with_train(self, positions: torch.Tensor) -> Data:
        """The same data with some of the training images; mean and std stay."""
        count = self.train_count or len(self.train)
        return replace(self, train=self.train.take(positions), train_count=count)

    def require_fit(self, spec: NetworkSpec) -> None:
        """Check that a network has the channels and the classes of the data.

        Raises:
            ValueError: Channels or classes differ.
        """
        if spec.num_classes != len(self.classes) or spec.in_channels != self.channels:
            raise ValueError(
                f"network must have {len(self.classes)} classes and {self.channels} channels for "
                f"{self.title}; received {spec.num_classes} and {spec.in_channels}."
            )


def _names(classes: set[str]) -> str:
    return f"the class{'es' * (len(classes) > 1)} {named(classes)}"


def _digests(images: torch.Tensor) -> Iterator[bytes]:
    for pixels in images.cpu().contiguous().numpy():
        yield hashlib.blake2b(pixels.data, digest_size=16).digest()


Load = Callable[[int, int, int, Progress], Data]


@dataclass(frozen=True)
class Understood:
    """How somebody's folder was understood.

    Attributes:
        tree: What is trained on and tested on and what is not used, line by line.
        used: How it was read, one of ``READINGS``.
        others: How else it could be read.
    """

    tree: str
    used: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Dataset:
    """An entry of the registry: a data set that is not loaded yet.

    Attributes:
        name: In addresses and on the command line.
        title: What a menu shows.
        help: One sentence: what it holds, from where, on what terms.
        side: Height and width of its own images in pixels.
        channels: Of its own images, 1 or 3.
        num_classes: How many classes it has; None where only loading tells.
        load: Gives the data from (side, channels, seed, progress).
        flips: Whether a mirrored image is still of its class.
        is_downloaded: Whether it may want a network connection the first time.
        understood: How the folder was understood; None of data sets that have no folders.
    """

    name: str
    title: str
    help: str
    side: int
    channels: int
    num_classes: int | None
    load: Load
    flips: bool = False
    is_downloaded: bool = False
    understood: Understood | None = None
