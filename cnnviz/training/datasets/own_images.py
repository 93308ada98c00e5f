"""A data set of one's own images: a zip, a tar or a folder of class folders.

The name of the folder that holds an image is its class. Images below a folder ``test`` (or
``val``, ``valid``, ``validation`` where there is no ``test``) are tested on, all others trained on;
without such a folder a seed takes a fifth of each class for the test. Folders around all of that do
not matter. An image's shorter side becomes the wanted side, and the centre square is cut out.
"""

import os
from collections import Counter
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from cnnviz.images.collection import printable
from cnnviz.images.files import Source, entries, image_names
from cnnviz.images.opening import ImageError, open_image
from cnnviz.images.preprocessing import Preprocessing, crop_for_network
from cnnviz.progress import Progress
from cnnviz.training.datasets.base import Data, DataError, Dataset, Split
from cnnviz.training.datasets.preparing import mean_and_std, require_size, stratified

TEST_FOLDERS = ("test", "val", "valid", "validation")  # the first of them that is there
MAX_CLASSES = 1000
MAX_MEGAPIXELS = 20_000  # of all images before they are scaled down: minutes of decoding
SIDES = (32, 48, 64, 96, 128)  # px
SAMPLES = 100  # images that the own side and channels are told from
REPORT_EVERY = 10  # images
OUTSIDE = "It lies in no class folder."


def class_folders(
    source: str | os.PathLike[str] | bytes, title: str = "", name: str = ""
) -> Dataset:
    """The data set of a zip's content, or of the path of a zip, a tar or a folder.

    All images of a class that cannot be used are an error and not a class less, so that the
    number of classes is known before anything is loaded (but not of a tar).

    Its own side is the largest of ``SIDES`` that half of the images fill, and at least the
    smallest; its own channels are 1 where all images that were looked at are grey.

    Args:
        source: Zip, as its content or its path; tar, packed by gzip or xz or not; or folder.
        title: What a menu shows; by default the file's name.
        name: What the data is asked for by; by default the path.

    Raises:
        DataError: It cannot be read, or its folders are too few or too many classes.
    """
    place: Source = source if isinstance(source, bytes) else Path(source)
    shown = title or ("your pictures" if isinstance(place, bytes) else printable(place.name))
    name = name or (shown if isinstance(place, bytes) else str(place))
    side, channels, num_classes = _facts(place)
    return Dataset(
        name=name,
        title=shown,
        help=f"The images in {shown}; the folder of an image is its class.",
        side=side,
        channels=channels,
        num_classes=num_classes,
        load=partial(_load, place, name, shown),
        flips=True,
    )


def class_of(path: str) -> str | None:
    """The class of an image by where it lies, or None where it lies in no class folder."""
    folder = path.split("/")[-2:-1]
    return None if folder in ([], [""], ["."], [".."]) else printable(folder[0])


def _facts(place: Source) -> tuple[int, int, int | None]:
    """Side and channels that suit the images, and the number of classes if names tell it."""
    if isinstance(place, bytes):
        return _told(place)
    try:
        return _told_on_disk(place, place.stat().st_mtime_ns)
    except OSError as error:
        raise DataError(f"{place} cannot be read ({error.strerror}); check the path.") from error


@lru_cache(maxsize=64)
def _told_on_disk(path: Path, modified: int) -> tuple[int, int, int | None]:
    """The same of what is on disk, until that changes: menus ask for it again and again."""
    return _told(path)


def _told(place: Source) -> tuple[int, int, int | None]:
    paths = image_names(place)
    if paths is None:
        return (*_own_size(place), None)
    classes = {name for name in map(class_of, paths) if name is not None}
    _require_classes(tuple(classes), [])
    return (*_own_size(place), len(classes))


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


class _Gathered:
    """The images that could be used so far, and why the others could not."""

    def __init__(self, side: int, channels: int) -> None:
        self.side, self.channels = side, channels
        self.pixels = bytearray()
        self.paths: list[str] = []
        self.skipped: list[tuple[str, str]] = []
        self.classes: set[str] = set()
        self.formats: Counter[str] = Counter()
        self._seen_pixels = 0
        self._preprocessing = Preprocessing(resize=side, crop=side)

    def add(self, path: str, content: bytes | Path | ImageError) -> None:
        """Take one more image.

        Raises:
            DataError: The images are more than can be decoded or kept.
        """
        name = class_of(path)
        try:
            if name is None:
                raise ImageError(OUTSIDE)
            self.classes.add(name)
            if isinstance(content, ImageError):
                raise content
            image = crop_for_network(open_image(content, self._header), self._preprocessing)
        except ImageError as error:
            self.skipped.append((printable(path), str(error)))
        else:
            self.pixels += (image if self.channels == 3 else image.convert("L")).tobytes()
            self.paths.append(path)
        if self._seen_pixels > MAX_MEGAPIXELS * 1e6:
            raise DataError(
                f"The images have more than {MAX_MEGAPIXELS:,} megapixels together; scale them "
                "down or choose fewer."
            )
        require_size(len(self.paths), self.side, self.channels)

    def _header(self, format: str, size: tuple[int, int]) -> None:
        self.formats[format] += 1
        self._seen_pixels += size[0] * size[1]

    @property
    def images(self) -> torch.Tensor:
        """All images, uint8 (N, side, side, C); they share the memory of ``pixels``."""
        flat = torch.frombuffer(self.pixels, dtype=torch.uint8)
        return flat.view(-1, self.side, self.side, self.channels)


def _load(
    place: Source, name: str, title: str, side: int, channels: int, seed: int, progress: Progress
) -> Data:
    """The data of class folders.

    Raises:
        DataError: There are too few or too many classes or images, or they cannot be read.
    """
    require_size(1, side, channels)
    gathered = _Gathered(side, channels)
    for number, (path, content, share) in enumerate(entries(place)):
        gathered.add(path, content)
        if number % REPORT_EVERY == 0:
            progress(0.95 * share)
    classes, labels, is_test = _sorted_out(gathered)
    everything = Split(gathered.images, labels)
    if is_test.any():
        positions = (~is_test).nonzero().flatten(), is_test.nonzero().flatten()
    else:
        positions = stratified(labels, seed)
    train, test = (everything.take(some) for some in positions)
    progress(1.0)
    if 2 * gathered.formats["JPEG"] > gathered.formats.total():
        title = f"{title} (JPEG pictures)"
    skipped = tuple(gathered.skipped)
    return Data(name, title, classes, train, test, *mean_and_std(train.images), skipped)


def _sorted_out(gathered: _Gathered) -> tuple[tuple[str, ...], torch.Tensor, torch.Tensor]:
    """The classes, the label of each image, and whether it is for the test.

    Raises:
        DataError: There are too few or too many classes, or too few images of one.
    """
    classes = tuple(sorted(gathered.classes))
    _require_classes(classes, gathered.skipped)
    positions = {name: label for label, name in enumerate(classes)}
    labels = torch.tensor(
        [positions[class_of(path) or ""] for path in gathered.paths], dtype=torch.long
    )
    is_test = _are_tests([path.split("/")[:-1] for path in gathered.paths])
    _require_images(classes, labels, is_test, gathered.skipped)
    return classes, labels, is_test


def _are_tests(folders: list[list[str]]) -> torch.Tensor:
    above = [{part.lower() for part in parts[:-1]} for parts in folders]
    for name in TEST_FOLDERS:
        is_test = torch.tensor([name in parts for parts in above], dtype=torch.bool)
        if is_test.any() and not is_test.all():  # else it is but the folder around all
            return is_test
    return torch.zeros(len(folders), dtype=torch.bool)


def _require_classes(classes: tuple[str, ...], skipped: list[tuple[str, str]]) -> None:
    if not classes:
        raise DataError(
            "No image lies in a class folder; put the images of each class into a "
            f"folder of its name{_first_of(skipped)}."
        )
    if len(classes) < 2:
        raise DataError(
            f"There is one class alone, {classes[0]!r}; make a folder of images for each of two "
            f"or more classes{_first_of(skipped)}."
        )
    if len(classes) > MAX_CLASSES:
        raise DataError(
            f"There are {len(classes):,} folders with images, and at most {MAX_CLASSES:,} "
            "classes can be told apart; keep fewer."
        )


def _require_images(
    classes: tuple[str, ...],
    labels: torch.Tensor,
    is_test: torch.Tensor,
    skipped: list[tuple[str, str]],
) -> None:
    in_all = torch.bincount(labels, minlength=len(classes)).tolist()
    to_train = torch.bincount(labels[~is_test], minlength=len(classes)).tolist()
    for name, count, trained in zip(classes, in_all, to_train, strict=True):
        if count < 2:
            usable = "1 usable image" if count else "no usable image"
            raise DataError(
                f"The class {name!r} has {usable}, and at least 2 are needed; add some or remove "
                f"its folder{_first_of(skipped)}."
            )
        if trained == 0:
            raise DataError(
                f"The class {name!r} has images to test on and none to train on; add some or "
                "remove its folder."
            )


def _first_of(skipped: list[tuple[str, str]]) -> str:
    """The end of a sentence that says what could not be used."""
    if not skipped:
        return ""
    name, reason = skipped[0]
    return f" ({len(skipped):,} could not be used, the first {name!r}: {reason.rstrip('.')})"
