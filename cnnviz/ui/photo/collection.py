"""Widgets for a collection of images, and for how many of them are used."""

from collections.abc import Hashable

import streamlit as st

from cnnviz.images import (
    Collection,
    DataError,
    DataSet,
    data_sets,
    even_sample,
    open_collection,
    sample_collection,
)
from cnnviz.settings import settings
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled, choose_option
from cnnviz.ui.parts.page import ZIP_MEGABYTES, state_at_visit, uploaded_zip
from cnnviz.ui.server.byte_cache import results

AMONG = ("samples", "zip", "disk")
MAX_IMAGES = (100, 300, 1000, 3000)


def choose_collection(label: str) -> Collection | None:
    """Draw the controls and return the images; None, with a message, where there are none."""
    among = choose_labelled(
        label,
        AMONG,
        address.AMONG,
        help="The sample photos, your own zip, or a data set on this server.",
    )
    try:
        if among == "zip":
            label = f"A zip of images, at most {ZIP_MEGABYTES} MB, with a folder for each class"
            return uploaded_zip(label, "zip", open_collection)
        return _on_disk() if among == "disk" else sample_collection()
    except DataError as error:
        st.error(str(error), icon=":material/folder_off:")
        return None


def choose_positions(collection: Collection) -> tuple[int, ...]:
    """The positions of the images used; draws a menu of their number where there are many."""
    most = MAX_IMAGES[1]
    if len(collection) > MAX_IMAGES[0]:
        most = choose_option(
            "Maximum number of images",
            MAX_IMAGES,
            address.MOST_IMAGES,
            MAX_IMAGES[1],
            help="Evenly from each class; each image takes one forward pass.",
        )
    return _sample(collection.key, most, collection)


def _on_disk() -> Collection | None:
    folder = settings().data
    if folder is None:
        st.info(
            "The environment variable CNNVIZ_DATA names no folder; whoever starts cnnviz can put "
            "folders of images, zips or torchvision's data sets there."
        )
        return None
    state = state_at_visit(folder)
    known = {data_set.title: data_set for data_set in _listed(str(folder), state)}
    if not known:
        st.info("The folder that CNNVIZ_DATA names contains no folder of images and no zip.")
        return None
    chosen = known[choose_option("Data set", list(known), address.DATA_SET)]
    return _opened(str(folder), chosen.title, state, chosen)


@st.cache_resource(max_entries=4, show_spinner=False)
def _listed(folder: str, state: Hashable) -> tuple[DataSet, ...]:
    return data_sets()


@st.cache_resource(max_entries=4, show_spinner="Opening the data set ...")
def _opened(folder: str, title: str, state: Hashable, _data_set: DataSet) -> Collection:
    return _data_set.open()


@results.remember
def _sample(key: object, most: int, _collection: Collection) -> tuple[int, ...]:
    return even_sample(_collection, most)
