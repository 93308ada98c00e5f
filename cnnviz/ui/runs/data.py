"""Widgets that choose a data set, and the loaded data that all visitors share."""

from collections.abc import Hashable
from pathlib import Path
from typing import Literal

import streamlit as st

from cnnviz.runs.uploads import stored_upload
from cnnviz.settings import settings
from cnnviz.training.datasets import dataset, known_datasets, place_of
from cnnviz.training.datasets.base import Data, DataError, Dataset
from cnnviz.training.datasets.facts import possible_readings
from cnnviz.training.datasets.layout.refusals import READING, READINGS
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_named, choose_option
from cnnviz.ui.parts.page import ZIP_MEGABYTES, plain, state_at_visit, uploaded_zip
from cnnviz.ui.server.byte_cache import ByteCache
from cnnviz.ui.server.visitor import visitor

OWN = "your own zip"
MAX_LINES, TREE_HEIGHT = 14, 320  # lines of a tree that does not scroll, px of one that does

# Images as bytes: CIFAR-10 takes 184 MB.
_data = ByteCache(settings().data_mb * 1e6)


def choose_dataset() -> Dataset | None:
    """Draw the menu of data sets; None, with a message, where none can be used."""
    folder = settings().data
    known = {each.name: each for each in _listed(folder, folder and state_at_visit(folder))}
    names = [*known, OWN]
    name = choose_option(
        "Data",
        names,
        address.DATA,
        help="Some are built in, some are downloaded once, and you can upload your own images.",
    )
    if name == OWN:
        return _uploaded()
    chosen: Dataset | None = known[name]
    if chosen is not None and chosen.understood:
        chosen = _read_as_chosen(chosen.name)
    if chosen is not None:
        st.caption(f"{plain(chosen.title)}: {plain(chosen.help)}")
    return chosen


@st.cache_resource(max_entries=2, show_spinner="Looking for data sets ...")
def _listed(folder: Path | None, state: Hashable) -> tuple[Dataset, ...]:
    return known_datasets()


def _uploaded() -> Dataset | None:
    """The visitor's zip, kept on disk for the process that trains on it."""
    try:
        upload = uploaded_zip(
            f"A zip with a folder of images for each class, at most {ZIP_MEGABYTES} MB",
            "data_zip",
            lambda content, name: stored_upload(content, name, visitor()),
            is_kept=True,
            help="Folders train and test around the class folders are optional.",
        )
    except DataError as error:
        _say(error)
        return None
    chosen = _read_as_chosen(str(upload.path)) if upload else None
    if chosen is not None:
        st.caption(
            f"{plain(chosen.title)}: {chosen.num_classes} classes, images of {chosen.side} px."
        )
    return chosen


def _read_as_chosen(name: str) -> Dataset | None:
    """Draw the menu of ways to read a folder, if there are several; returns it as chosen."""
    seems, refusal = _understood(name)
    ways = list(seems.understood.others if seems and seems.understood else possible_readings(name))
    reading = ""
    if ways:
        first = READINGS[seems.understood.used] if seems and seems.understood else "not understood"
        titles = {"": first, **{way: READINGS[way] for way in ways}}
        reading = choose_named("Classes come from the", address.READING, titles, "")
    chosen = seems
    if reading:
        chosen, refusal = _understood(f"{name}{READING}{reading}")
    if refusal:
        _say(refusal)
    return chosen


def show_understood(chosen: Dataset) -> None:
    """Draw how a folder was understood; nothing for data sets without folders."""
    if chosen.understood is None:
        return
    tree = chosen.understood.tree
    height: int | Literal["content"] = "content" if tree.count("\n") < MAX_LINES else TREE_HEIGHT
    label = "This is how the folder was understood"
    with st.expander(label, expanded=True, icon=":material/account_tree:"):
        st.code(tree, language=None, wrap_lines=True, height=height)
        if chosen.understood.others:
            st.caption("If it is meant in another way, say in the sidebar where classes come from.")


def _understood(name: str) -> tuple[Dataset | None, DataError | None]:
    try:
        return _opened(name, _state(name)), None
    except DataError as error:
        return None, error


@st.cache_resource(max_entries=32, show_spinner="Looking at the images ...")
def _opened(name: str, state: Hashable) -> Dataset:
    return dataset(name)


def _say(error: Exception) -> None:
    st.error(plain(str(error.args[0])), icon=":material/folder_off:")


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
        opened = _opened(chosen, _state(chosen)) if isinstance(chosen, str) else chosen
        side, channels = side or opened.side, channels or opened.channels
        return _loaded(opened.name, side, channels, seed, _state(opened.name), opened)
    except (DataError, KeyError) as error:
        _say(error)
        return None


def _state(name: str) -> Hashable:
    """What changes with that which lies on disk under that name, as at this visit."""
    path = place_of(name)
    return path and state_at_visit(path)


@_data.remember
def _loaded(
    name: str, side: int, channels: int, seed: int, state: Hashable, _dataset: Dataset
) -> Data:
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
