"""Data sets that a teacher has put on this machine: folders, zips, and torchvision's."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from cnnviz.images.collection import Collection, DataError, Picture, described
from cnnviz.images.files import image_files
from cnnviz.images.folder import image_paths
from cnnviz.images.names import printable
from cnnviz.images.opening import BAD_DATA, open_image
from cnnviz.settings import settings

MAX_FOLDERS = 1000  # are looked through to see whether there are pictures
# Of torchvision's data sets, the file of the test split; they lie unpacked as torchvision has them.
TORCHVISION = {
    "MNIST": "MNIST/raw/t10k-images-idx3-ubyte",
    "FashionMNIST": "FashionMNIST/raw/t10k-images-idx3-ubyte",
    "CIFAR10": "cifar-10-batches-py/test_batch",
    "CIFAR100": "cifar-100-python/test",
}


@dataclass(frozen=True)
class DataSet:
    """A collection on this machine, not yet opened.

    Attributes:
        title: What a menu shows.
        path: The folder or zip; of torchvision's data sets, the file of the test split.
        open: Gives the collection, or raises a ``DataError`` that says what to do.
    """

    title: str
    path: Path
    open: Callable[[], Collection]


def data_sets() -> tuple[DataSet, ...]:
    """What lies in the folder CNNVIZ_DATA: torchvision's data sets, folders with pictures, zips.

    A folder that is missing or closed to us holds none.
    """
    folder = settings().data
    if folder is None:
        return ()
    of_torchvision = (
        DataSet(f"{name}, test split", folder / file, partial(_of_torchvision, name, folder))
        for name, file in TORCHVISION.items()
        if (folder / file).is_file()
    )
    return (*of_torchvision, *filter(None, map(_data_set, _visible(folder))))


def open_collection(source: bytes | str | os.PathLike[str], title: str = "") -> Collection:
    """The images of a folder or of a zip; the class of each is the folder that holds it.

    Args:
        source: A zip's content; or the path of a zip or a folder.
        title: What a menu shows; by default the file's name.

    Raises:
        DataError: It cannot be read, or holds none or too many; the message says what to do.
    """
    place = source if isinstance(source, bytes) else Path(source)
    files = image_files(place)
    if not title and isinstance(place, Path):
        title = printable((place.resolve() if place.is_dir() else place).name)
    pictures = described(files.paths)
    return Collection(files.key, title, pictures, lambda i: open_image(files.content(i)))


def _visible(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _data_set(path: Path) -> DataSet | None:
    """A folder with pictures or a zip as a data set; anything else is none."""
    is_zip = path.is_file() and path.suffix.lower() == ".zip"
    if not is_zip and next(image_paths(path, MAX_FOLDERS), None) is None:
        return None
    return DataSet(printable(path.name), path, partial(open_collection, path))


def _of_torchvision(name: str, folder: Path) -> Collection:
    """The test split of one of torchvision's data sets; nothing is downloaded."""
    from torchvision import datasets

    try:
        dataset = getattr(datasets, name)(folder, train=False, download=False)
        pictures = tuple(
            Picture(f"test {index}", dataset.classes[int(target)])
            for index, target in enumerate(dataset.targets)
        )
    except BAD_DATA as error:
        raise DataError(
            f"{name} in {folder} is damaged or incomplete; download and unpack it again."
        ) from error
    facts = (folder / TORCHVISION[name]).stat()
    key = ("torchvision", name, str(folder.resolve()), facts.st_mtime_ns, facts.st_size)
    return Collection(key, f"{name}, test split", pictures, partial(_coloured, dataset.data))


def _coloured(data: Any, position: int) -> Image.Image:
    return Image.fromarray(np.asarray(data[position])).convert("RGB")
