"""Widgets that choose a data set, and the loaded data that all visitors share."""

import hashlib
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

import streamlit as st

from cnnviz.files import written_whole
from cnnviz.settings import settings
from cnnviz.training.datasets import dataset, known_datasets
from cnnviz.training.datasets.base import Data, DataError, Dataset
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_option
from cnnviz.ui.parts.page import ZIP_MEGABYTES, plain, uploaded_zip
from cnnviz.ui.server.byte_cache import ByteCache

OWN = "your own zip"
MAX_UPLOADS = 20
ODD_LETTERS = re.compile(r"[^\w .-]")

# Images as bytes: CIFAR-10 takes 184 MB.
_data = ByteCache(settings().data_mb * 1e6)


def choose_dataset() -> Dataset | None:
    """Draw the menu of data sets; None, with a message, where none can be used."""
    known = {each.name: each for each in _listed(str(settings().data))}
    names = [*known, OWN]
    name = choose_option(
        "Data",
        names,
        address.DATA,
        help="Some are built in, some are downloaded once, and you can upload your own images.",
    )
    if name == OWN:
        return _uploaded()
    chosen = known[name]
    st.caption(f"{plain(chosen.title)}: {plain(chosen.help)}")
    return chosen


# A minute: what a teacher puts into the folder is seen soon.
@st.cache_resource(max_entries=4, ttl=60, show_spinner="Looking for data sets ...")
def _listed(folder: str) -> tuple[Dataset, ...]:
    return known_datasets()


def _uploaded() -> Dataset | None:
    """The visitor's zip, kept on disk for the process that trains on it."""
    try:
        path = uploaded_zip(
            f"A zip with a folder of images for each class, at most {ZIP_MEGABYTES} MB",
            "data_zip",
            stored_upload,
            is_kept=True,
            help="Folders train and test around the class folders are optional.",
        )
        if path is None:
            return None
        chosen = dataset(str(path))
    except DataError as error:
        st.error(str(error), icon=":material/folder_off:")
        return None
    st.caption(f"{plain(chosen.title)}: {chosen.num_classes} classes, images of {chosen.side} px.")
    return chosen


def stored_upload(content: bytes, name: str) -> Path:
    """A zip in the runs' folder, below a folder named by its content; the newest are kept.

    Args:
        content: Of the zip.
        name: What the visitor calls it.

    Raises:
        DataError: It cannot be written.
    """
    uploads = settings().runs / "uploads"
    folder = uploads / hashlib.blake2b(content, digest_size=12).hexdigest()
    stem = ODD_LETTERS.sub("_", name.removesuffix(".zip")).strip(" .")[:60]
    path = folder / f"{stem or 'pictures'}.zip"
    try:
        if not path.exists():
            with written_whole(path, is_shared=True) as part:
                part.write_bytes(content)
        os.utime(folder)
        _remove_old(uploads)
    except OSError as error:
        raise DataError(
            f"The zip cannot be kept on this server ({error.strerror}); tell whoever runs it."
        ) from error
    return path


def _remove_old(uploads: Path) -> None:
    by_age = sorted(uploads.iterdir(), key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
    for folder in by_age[MAX_UPLOADS:]:
        shutil.rmtree(folder, ignore_errors=True)


def cached_data(
    chosen: Dataset | str, side: int | None = None, channels: int | None = None, seed: int = 0
) -> Data | None:
    """The loaded data, which all visitors share; None, with an error, where it cannot be read.

    Args:
        chosen: A data set, or its name as ``dataset`` takes it.
        side: Height and width of the images in pixels; None: the data set's own.
        channels: 1 or 3; None: the data set's own.
        seed: Decides split and shapes.
    """
    try:
        opened = dataset(chosen) if isinstance(chosen, str) else chosen
        side, channels = side or opened.side, channels or opened.channels
        return _loaded(opened.name, side, channels, seed, _state(opened.name), opened)
    except (DataError, KeyError) as error:
        st.error(str(error.args[0]), icon=":material/folder_off:")
        return None


def _state(name: str) -> int:
    """When what lies on disk under that name was changed."""
    for path in (Path(name), (settings().data or Path()) / name):
        with suppress(OSError):
            return path.stat().st_mtime_ns
    return 0


@_data.remember
def _loaded(name: str, side: int, channels: int, seed: int, state: int, _dataset: Dataset) -> Data:
    bar = st.progress(0.0, f"Loading {_dataset.title} ...")
    shown = 0.0

    def show(share: float) -> None:
        nonlocal shown
        if share - shown >= 0.01:  # each redraws the visitor's bar
            shown = share
            bar.progress(min(share, 1.0), f"Loading {_dataset.title} ...")

    try:
        return _dataset.load(side, channels, seed, show)
    finally:
        bar.empty()
