"""Data sets: built in, downloaded by torchvision, prepared by the teacher, or the visitor's own."""

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from cnnviz.files import entries
from cnnviz.images import data_sets
from cnnviz.images.names import nfc
from cnnviz.progress import Progress, ignore_progress
from cnnviz.settings import settings
from cnnviz.training.datasets.base import Data, DataError, Dataset, Split
from cnnviz.training.datasets.own_images import class_folders, without_reading
from cnnviz.training.datasets.shapes import load_shapes
from cnnviz.training.datasets.standard import READERS, load_digits, load_standard

__all__ = [
    "DATASETS",
    "Data",
    "DataError",
    "Dataset",
    "Split",
    "class_folders",
    "dataset",
    "known_datasets",
    "load",
    "place_of",
]

logger = logging.getLogger(__name__)

LOADERS = {"digits": load_digits, "shapes": load_shapes, **dict.fromkeys(READERS, load_standard)}
DATASETS = tuple(
    Dataset(**entry, load=partial(LOADERS[entry["name"]], entry["name"], entry["title"]))
    for entry in entries("training/datasets/datasets.toml")
)


def known_datasets() -> tuple[Dataset, ...]:
    """``DATASETS``, and the class folders and zips in the teacher's folder CNNVIZ_DATA.

    What has no class folders is left out, which the log says.
    """
    return (*DATASETS, *_of_teacher())


def dataset(name: str) -> Dataset:
    """The data set of that name.

    Args:
        name: Of the registry; or of what lies in the teacher's folder CNNVIZ_DATA; or the path of a
            zip, a tar or a folder. After :: it may say how to understand that (``READINGS``).

    Raises:
        KeyError: There is none; the message lists the known names.
        DataError: There is nothing at that path.
    """
    for known in DATASETS:
        if known.name == name:
            return known
    path = place_of(name)
    name, reading = without_reading(name)
    if path is not None:
        return class_folders(path, name=name, reading=reading)
    if Path(name).name != name:
        raise DataError(f"There is no file or folder at {name}; check the path.")
    names = ", ".join(known.name for known in known_datasets())
    raise KeyError(
        f"{name} is no data set; known are {names}, and the path of a zip, a tar or a folder."
    )


def place_of(name: str) -> Path | None:
    """Where the images of a data set of that name lie; None of the registry's, or if nowhere.

    In the teacher's folder, macOS may have written the name in another form.
    """
    name, _ = without_reading(name)
    folder = settings().data
    if name in {known.name for known in DATASETS}:
        return None
    if Path(name).expanduser().exists():
        return Path(name).expanduser()
    if folder is None or Path(name).name != name or not folder.is_dir():
        return None
    return next((path for path in folder.iterdir() if nfc(path.name) == nfc(name)), None)


def _of_teacher() -> Iterator[Dataset]:
    for data_set in data_sets():
        if not (data_set.path.is_dir() or data_set.path.suffix.lower() == ".zip"):
            continue  # one of torchvision's
        try:
            yield class_folders(data_set.path, name=nfc(data_set.path.name))
        except DataError as error:
            logger.warning("%s is no data set to train on: %s", data_set.path, error)


def load(
    name: str,
    side: int | None = None,
    channels: int | None = None,
    seed: int = 0,
    progress: Progress = ignore_progress,
) -> Data:
    """The data set of that name in memory, as a network wants it.

    Args:
        name: As ``dataset`` takes it.
        side: Height and width of the images in pixels, from 8 to 512; None: the data set's own.
        channels: 1 or 3; None: the data set's own.
        seed: Decides the split where the data set has no official one, and draws the shapes.
        progress: Told how far it is.

    Raises:
        KeyError: There is no data set of that name.
        ValueError: Side or channels are outside of that.
        DataError: It cannot be had, is damaged or does not fit the memory.
    """
    chosen = dataset(name)
    own = (chosen.side if side is None else side, chosen.channels if channels is None else channels)
    return chosen.load(*own, seed, progress)
