"""What is known of somebody's images before they are loaded: layout, classes, side, channels."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from cnnviz.images.files import ImageFiles, Source, entries, listed, state
from cnnviz.images.opening import ImageError, open_image
from cnnviz.images.tar import TarImages
from cnnviz.training.datasets.base import DataError
from cnnviz.training.datasets.layout.reading import Layout, layout, readings

MAX_CLASSES = 1000
SIDES = (32, 48, 64, 96, 128)  # px
SAMPLES = 100  # images that the own side and channels are told from


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of images before they are loaded.

    Attributes:
        side: Height and width in pixels that suit them.
        channels: 1 or 3.
        layout: How they are understood.
        paths: Where they lie.
        readings: How they could be understood.
    """

    side: int
    channels: int
    layout: Layout
    paths: tuple[str, ...]
    readings: tuple[str, ...]


def facts_of(place: Source, reading: str) -> Facts:
    """What is known of images, read as they seem or in one of ``READINGS``.

    Raises:
        DataError: They cannot be opened or understood.
    """
    if isinstance(place, bytes):
        return _told(place, reading)
    return _told_on_disk(place, reading, state(place))


@lru_cache(maxsize=16)
def _told_on_disk(path: Path, reading: str, state: Hashable) -> Facts:
    """The same of what is on disk, until that changes: menus ask for it again and again."""
    return _told(path, reading)


def _told(place: Source, reading: str) -> Facts:
    files = opened_files(place)
    understood = layout(files, reading)
    require_classes(understood.classes)
    return Facts(*_own_size(place), understood, files.paths, readings(files))


def opened_files(place: Source) -> ImageFiles | TarImages:
    """The files of a zip, a tar or a folder.

    Raises:
        DataError: They cannot be read, are none or too many.
    """
    try:
        return listed(place)
    except OSError as error:
        raise DataError(f"{place!s} cannot be read ({error.strerror}); check the path.") from error


def _own_size(place: Source) -> tuple[int, int]:
    sides: list[int] = []
    is_grey = True
    for _, content, _ in entries(place, SAMPLES):
        if isinstance(content, ImageError):
            continue
        try:
            image = open_image(content, lambda _, size: sides.append(min(size)))
        except ImageError:
            continue
        is_grey = is_grey and _is_grey(image)
    half = np.median(sides) if sides else SIDES[0]
    side = max((side for side in SIDES if side <= half), default=SIDES[0])
    return side, 1 if sides and is_grey else 3


def _is_grey(image: Image.Image) -> bool:
    red, green, blue = (band.tobytes() for band in image.split())
    return red == green == blue


def require_classes(classes: tuple[str, ...]) -> None:
    """Accept as many classes as can be told apart.

    Raises:
        DataError: There are more.
    """
    if len(classes) > MAX_CLASSES:
        raise DataError(
            f"There are {len(classes):,} folders with images, and at most {MAX_CLASSES:,} "
            "classes can be told apart; keep fewer."
        )


def possible_readings(path: str) -> tuple[str, ...]:
    """The ways in which what lies at a path could be read; none if it cannot be opened."""
    try:
        return readings(opened_files(Path(path)))
    except DataError:
        return ()
