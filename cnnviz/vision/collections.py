"""Collections of pictures: what ships, what a visitor uploads, what lies on this machine's disk."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from PIL import Image

from cnnviz.vision.images import SampleImage, open_image, sample_images


@dataclass(frozen=True)
class Picture:
    """A picture of a collection.

    Attributes:
        name: What to call it.
        label: Its class, or an empty string.
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
        opener: Gives the picture at a position.
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
