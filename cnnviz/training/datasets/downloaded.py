"""The data sets that everybody knows: MNIST, Fashion-MNIST, CIFAR-10, CIFAR-100 and SVHN.

torchvision knows their addresses and hashes. Their files are read as they are served, packed, or as
torchvision unpacks them, from the teacher's folder CNNVIZ_DATA or else from a cache. Training and
test images are the official ones, whatever the seed.
"""

from __future__ import annotations

import gzip
import io
import pickle
import tarfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from cnnviz.progress import Progress, part
from cnnviz.training.datasets.base import Data, DataError, Dataset, Split
from cnnviz.training.datasets.official import OfficialFile, has_md5, official, present
from cnnviz.training.datasets.preparing import prepared

BAD_FILE = (OSError, EOFError, LookupError, ValueError, zlib.error, tarfile.TarError)
READ = 0.8  # Share of the work that getting and reading the files is.

# Training images, test images, names of the classes.
Found = tuple[Split, Split, Iterable[str]]


@dataclass(frozen=True)
class Known:
    """How one of them is read.

    Attributes:
        name: Of the entry in the registry.
        title: What people call it.
        kind: What torchvision calls it.
        read: Gets and reads its files.
        pads: Whether its greys on black are framed rather than resized where a little is missing.
        flips: Whether a mirrored image is still of its class.
    """

    name: str
    title: str
    kind: str
    read: Callable[[Known, Progress], Found]
    pads: bool = False
    flips: bool = False


def _mnist(known: Known, progress: Progress) -> Found:
    """MNIST and what has its form: four IDX files, packed one by one."""
    from torchvision import datasets

    theirs = getattr(datasets, known.kind)
    arrays = []
    for number, (name, md5) in enumerate(theirs.resources):
        place = f"{known.kind}/raw/{name}"
        urls = tuple(mirror + name for mirror in theirs.mirrors)
        unpacked = present(place.removesuffix(".gz"))
        if unpacked is not None:
            arrays.append(_idx(unpacked.read_bytes()))
            continue
        told = part(progress, number / 4, (number + 1) / 4)
        packed = _content(official(OfficialFile(place, urls, md5), known.title, told), md5)
        arrays.append(_idx(gzip.decompress(packed)))
    train, test = (Split(arrays[i].unsqueeze(3), arrays[i + 1].long()) for i in (0, 2))
    return train, test, (name.partition(" - ")[0] for name in theirs.classes)


def _idx(content: bytes) -> torch.Tensor:
    """The bytes of an IDX file as an array; its format is told with MNIST (yann.lecun.com)."""
    dimensions = content[3]
    if content[:3] != b"\0\0\x08":
        raise ValueError("no IDX file of bytes")
    shape = np.frombuffer(content, ">i4", dimensions, offset=4)
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions)
    return torch.from_numpy(values.reshape(shape).copy())


def _cifar(known: Known, progress: Progress) -> Found:
    """CIFAR-10 and CIFAR-100: pickles, checked before they are opened because they are code."""
    from torchvision import datasets

    theirs = getattr(datasets, known.kind)
    meta = theirs.meta
    hashes = dict([*theirs.train_list, *theirs.test_list, (meta["filename"], meta["md5"])])
    contents = _unpacked_or_packed(known, theirs, hashes, progress)
    found: dict[str, Any] = {
        name: pickle.loads(content, encoding="latin1") for name, content in contents.items()
    }
    train, test = (
        _of_batches([found[name] for name, _ in listed])
        for listed in (theirs.train_list, theirs.test_list)
    )
    return train, test, found[meta["filename"]][meta["key"]]


def _unpacked_or_packed(
    known: Known, theirs: Any, hashes: dict[str, str], progress: Progress
) -> dict[str, bytes]:
    """The contents of the files of those names, from a folder or out of one archive."""
    folder = theirs.base_folder
    unpacked = {name: present(f"{folder}/{name}") for name in hashes}
    if all(unpacked.values()):
        return {name: _content(path, hashes[name]) for name, path in unpacked.items() if path}
    file = OfficialFile(theirs.filename, (theirs.url,), theirs.tgz_md5)
    path = official(file, known.title, progress)
    contents = {}
    with tarfile.open(path, "r:gz") as archive:
        for name, md5 in hashes.items():
            member = archive.extractfile(f"{folder}/{name}")
            contents[name] = member.read() if member else b""
            _require_md5(contents[name], md5, path)
    return contents


def _of_batches(batches: list[Any]) -> Split:
    """Images whose bytes are all red, then all green, then all blue, row by row."""
    pixels = np.concatenate([batch["data"] for batch in batches]).reshape(-1, 3, 32, 32)
    labels = [label for b in batches for label in b.get("labels", b.get("fine_labels"))]
    images = torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 2, 3, 1)))
    return Split(images, torch.tensor(labels))


def _svhn(known: Known, progress: Progress) -> Found:
    """SVHN, cropped digits: a MATLAB file a split, in which 10 is the label of the digit 0."""
    from scipy.io import loadmat
    from torchvision import datasets

    splits = []
    for first, name in ((0.0, "train"), (0.5, "test")):
        url, place, md5 = getattr(datasets, known.kind).split_list[name]
        told = part(progress, first, first + 0.5)
        path = official(OfficialFile(place, (url,), md5), known.title, told)
        found = loadmat(io.BytesIO(_content(path, md5)))
        images = np.ascontiguousarray(found["X"].transpose(3, 0, 1, 2))
        labels = found["y"].astype(np.int64).ravel() % 10
        splits.append(Split(torch.from_numpy(images), torch.from_numpy(labels)))
    return splits[0], splits[1], map(str, range(10))


def _content(path: Path, md5: str) -> bytes:
    content = path.read_bytes()
    _require_md5(content, md5, path)
    return content


def _require_md5(content: bytes, md5: str, path: Path) -> None:
    if not has_md5(content, md5):
        raise DataError(
            f"{path} is damaged or not the official file (its MD5 is another); remove it, and it "
            "is downloaded again."
        )


def _loaded(known: Known, side: int, channels: int, seed: int, progress: Progress) -> Data:
    """The data in the wanted size.

    Raises:
        DataError: It is neither here nor to be had, or damaged.
    """
    try:
        train, test, classes = known.read(known, part(progress, 0.0, READ))
    except DataError:
        raise
    except BAD_FILE as error:
        raise DataError(
            f"The files of {known.title} are damaged or incomplete ({error}); remove them, and "
            "they are downloaded again."
        ) from error
    data = Data(known.name, known.title, tuple(classes), train, test, (0.0,), (1.0,))
    return prepared(data, side, channels, part(progress, READ, 1.0), known.pads)


def _entry(known: Known, help: str, side: int, channels: int, num_classes: int = 10) -> Dataset:
    return Dataset(
        name=known.name,
        title=known.title,
        help=help,
        side=side,
        channels=channels,
        num_classes=num_classes,
        load=partial(_loaded, known),
        flips=known.flips,
        is_downloaded=True,
    )


MNIST = _entry(
    Known("mnist", "MNIST", "MNIST", _mnist, pads=True),
    "70,000 handwritten digits of 28 x 28 px, 10,000 of them for the test (LeCun, Bottou, Bengio"
    " and Haffner 1998; CC BY-SA 3.0).",
    side=28,
    channels=1,
)
FASHION_MNIST = _entry(
    Known("fashion_mnist", "Fashion-MNIST", "FashionMNIST", _mnist, pads=True, flips=True),
    "70,000 photos of clothes of 28 x 28 px, 10,000 of them for the test (Xiao, Rasul and Vollgraf"
    " 2017; MIT licence).",
    side=28,
    channels=1,
)
CIFAR10 = _entry(
    Known("cifar10", "CIFAR-10", "CIFAR10", _cifar, flips=True),
    "60,000 photos of animals and vehicles of 32 x 32 px, 10,000 of them for the test (Krizhevsky"
    " 2009; its authors name no licence).",
    side=32,
    channels=3,
)
CIFAR100 = _entry(
    Known("cifar100", "CIFAR-100", "CIFAR100", _cifar, flips=True),
    "60,000 photos of 100 kinds of things of 32 x 32 px, 10,000 of them for the test (Krizhevsky"
    " 2009; its authors name no licence).",
    side=32,
    channels=3,
    num_classes=100,
)
SVHN = _entry(
    Known("svhn", "SVHN", "SVHN", _svhn),
    "99,289 house numbers' digits from Street View of 32 x 32 px, 26,032 of them for the test"
    " (Netzer, Wang, Coates, Bissacco, Wu and Ng 2011; for non-commercial use).",
    side=32,
    channels=3,
)
