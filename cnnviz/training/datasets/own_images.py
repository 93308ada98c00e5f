"""A data set of one's own images: a zip, a tar or a folder.

Which class an image is of, and whether it is for the test, its place says (``layout``); without a
folder for the test, or one for the validation, a seed takes a fifth of each class for it. An
image's shorter side becomes the wanted side, and the centre square is cut out.
"""

import hashlib
import os
from collections import Counter
from functools import partial
from pathlib import Path

import torch

from cnnviz.images.files import Source, entries
from cnnviz.images.names import printable
from cnnviz.images.opening import ImageError, open_image
from cnnviz.images.preprocessing import Preprocessing, crop_for_network
from cnnviz.progress import Progress
from cnnviz.training.datasets.base import Data, DataError, Dataset, Split, Understood
from cnnviz.training.datasets.facts import Facts, facts_of, opened_files, require_classes
from cnnviz.training.datasets.layout.reading import Layout, layout
from cnnviz.training.datasets.layout.refusals import READING, READINGS
from cnnviz.training.datasets.layout.tree import tree
from cnnviz.training.datasets.preparing import mean_and_std, require_size, stratified

MAX_MEGAPIXELS = 20_000  # of all images before they are scaled down: minutes of decoding
REPORT_EVERY = 10  # images


def class_folders(
    source: str | os.PathLike[str] | bytes, title: str = "", name: str = "", reading: str = ""
) -> Dataset:
    """The data set of a zip's content, or of the path of a zip, a tar or a folder.

    All images of a class that cannot be used are an error and not a class less, so that the
    number of classes is known before anything is loaded.

    Its own side is the largest of ``SIDES`` that half of the images fill, and at least the
    smallest; its own channels are 1 where all images that were looked at are grey.

    Args:
        source: Zip, as its content or its path; tar, packed by gzip or xz or not; or folder.
        title: What a menu shows; by default the file's name.
        name: What the data is asked for by; by default the path.
        reading: How it is to be understood, one of ``READINGS``; by default as it seems.

    Raises:
        DataError: It cannot be read, or its folders are too few or too many classes.
    """
    place: Source = source if isinstance(source, bytes) else Path(source)
    shown = title or ("your pictures" if isinstance(place, bytes) else printable(place.name))
    name = name or (shown if isinstance(place, bytes) else str(place))
    facts = facts_of(place, reading)
    return Dataset(
        name=f"{name}{READING}{reading}" if reading else name,
        title=shown,
        help=f"The images in {shown}; the class comes from the {READINGS[facts.layout.reading]}.",
        side=facts.side,
        channels=facts.channels,
        num_classes=len(facts.layout.classes),
        load=partial(_load, place, name, shown, reading),
        flips=True,
        understood=_understood(facts, shown),
    )


def _understood(facts: Facts, title: str) -> Understood:
    used = facts.layout.reading
    others = tuple(reading for reading in facts.readings if reading != used)
    return Understood(tree(facts.layout, facts.paths, title), used, others)


def without_reading(name: str) -> tuple[str, str]:
    """The name of data, and how it is to be understood: of pets.zip::file-names, file-names."""
    place, _, reading = name.rpartition(READING)
    return (place, reading) if place and reading in READINGS else (name, "")


class _Gathered:
    """The images that could be used so far, and why the others could not."""

    def __init__(self, side: int, channels: int) -> None:
        self.side, self.channels = side, channels
        self.pixels = bytearray()
        self.positions: list[int] = []
        self.skipped: list[tuple[str, str]] = []
        self.formats: Counter[str] = Counter()
        self.digest = hashlib.blake2b(digest_size=16)
        self._seen_pixels = 0
        self._preprocessing = Preprocessing(resize=side, crop=side)

    def add(self, position: int, path: str, content: bytes | Path | ImageError) -> None:
        """Take one more image.

        Raises:
            DataError: The images are more than can be decoded or kept.
        """
        try:
            if isinstance(content, ImageError):
                raise content
            image = crop_for_network(open_image(content, self._header), self._preprocessing)
        except ImageError as error:
            self.skipped.append((printable(path), str(error)))
        else:
            self.pixels += (image if self.channels == 3 else image.convert("L")).tobytes()
            self.positions.append(position)
            self.digest.update(content if isinstance(content, bytes) else content.read_bytes())
        if self._seen_pixels > MAX_MEGAPIXELS * 1e6:
            raise DataError(
                f"The images have more than {MAX_MEGAPIXELS:,} megapixels together; scale them "
                "down or choose fewer."
            )
        require_size(len(self.positions), self.side, self.channels)

    def _header(self, format: str, size: tuple[int, int]) -> None:
        self.formats[format] += 1
        self._seen_pixels += size[0] * size[1]

    @property
    def images(self) -> torch.Tensor:
        """All images, uint8 (N, side, side, C); they share the memory of ``pixels``."""
        flat = torch.frombuffer(self.pixels, dtype=torch.uint8)
        return flat.view(-1, self.side, self.side, self.channels)


def _load(
    place: Source,
    name: str,
    title: str,
    reading: str,
    side: int,
    channels: int,
    seed: int,
    progress: Progress,
) -> Data:
    """The data of somebody's images.

    Raises:
        DataError: There are too few or too many classes or images, or they cannot be read.
    """
    require_size(1, side, channels)
    understood = layout(opened_files(place), reading)
    gathered = _Gathered(side, channels)
    for position, (path, content, share) in enumerate(entries(place)):
        reason = understood.reasons.get(position)
        gathered.add(position, path, ImageError(reason) if reason else content)
        if position % REPORT_EVERY == 0:
            progress(0.95 * share)
    labels, is_test = _sorted_out(understood, gathered)
    everything = Split(gathered.images, labels)
    if is_test.any():
        positions = (~is_test).nonzero().flatten(), is_test.nonzero().flatten()
    else:
        positions = stratified(labels, seed)
    train, test = (everything.take(some) for some in positions)
    progress(1.0)
    if 2 * gathered.formats["JPEG"] > gathered.formats.total():
        title = f"{title} (JPEG pictures)"
    return Data(
        f"{name}{READING}{reading}" if reading else name,
        title,
        understood.classes,
        train,
        test,
        *mean_and_std(train.images),
        tuple(gathered.skipped),
        content=gathered.digest.hexdigest(),
    )


def _sorted_out(understood: Layout, gathered: _Gathered) -> tuple[torch.Tensor, torch.Tensor]:
    """The label of each image, and whether it is for the test.

    Raises:
        DataError: There are too few or too many classes, or too few images of one.
    """
    classes = understood.classes
    require_classes(classes)
    numbers = {name: label for label, name in enumerate(classes)}
    names = [understood.labels[position] or "" for position in gathered.positions]
    labels = torch.tensor([numbers[name] for name in names], dtype=torch.long)
    test = understood.test_split
    splits = [understood.splits[position] for position in gathered.positions]
    is_test = torch.tensor([test is not None and split == test for split in splits])
    gathered.digest.update(repr([*zip(names, is_test.tolist(), strict=True)]).encode())
    _require_images(classes, labels, is_test, gathered.skipped)
    return labels, is_test


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
