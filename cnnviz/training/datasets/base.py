"""A data set: its images in memory, and its entry in the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from cnnviz.architectures import NetworkSpec
from cnnviz.images import DataError
from cnnviz.progress import Progress

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
        test: What is tested on; no image of it is in ``train``.
        mean: Of the training pixels in [0, 1], a channel.
        std: Of the same; above 0.
        skipped: Images that could not be used: (name, reason).
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

    @property
    def side(self) -> int:
        """Height and width of the images in pixels."""
        return int(self.train.images.shape[1])

    @property
    def channels(self) -> int:
        """1 for greys, 3 for red, green and blue."""
        return int(self.train.images.shape[3])

    def with_train(self, positions: torch.Tensor) -> Data:
        """The same data with some of the training images; mean and std stay."""
        return replace(self, train=self.train.take(positions))

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


Load = Callable[[int, int, int, Progress], Data]


@dataclass(frozen=True)
class Understood:
    """How somebody's folder was understood.

    Attributes:
        tree: What is trained on and tested on and what is not used, line by line.
        readings: How else it could be understood, with this way.
        reading: The way that somebody asked for; "": as it seems.
    """

    tree: str
    readings: tuple[str, ...]
    reading: str = ""


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
