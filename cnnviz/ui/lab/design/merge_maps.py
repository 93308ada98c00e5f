"""Addition and concatenation of a photo's feature maps: of two filters or inside a network."""

import numpy as np
import streamlit as st
import torch

from cnnviz.analysis.node import shape_text
from cnnviz.lab.merging import kept_energy, merged
from cnnviz.lab.network_places import Join, joins
from cnnviz.ui.lab.figures import show_maps
from cnnviz.ui.lab.network import choose_photo_or_say
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled, choose_option
from cnnviz.ui.parts.page import made_or_said
from cnnviz.ui.photo.chosen import chosen_subject
from cnnviz.ui.photo.classic_filters import classic_image, grey_photo
from cnnviz.ui.photo.controls import Photo
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.photo.weights import choose_trained
from cnnviz.vision.maps.filters import CLASSIC_FILTERS, ClassicFilter, filtered

FILTERS, NETWORK = "two filters", "a network"
MAX_MAPS = 64  # maps of a part that are drawn
DOES = {"addition": "adds", "concatenation": "concatenates"}


def show_merged_maps() -> None:
    """Draw the maps of two filters, or the two inputs of a join in a network."""
    photo = choose_photo_or_say()
    with st.sidebar:
        source = choose_labelled("Maps of", (FILTERS, NETWORK), address.MAPS_OF)
    if photo:
        (_show_network if source == NETWORK else _show_filters)(photo)


def _show_network(photo: Photo) -> None:
    with st.sidebar:
        trained = choose_trained()
    subject = chosen_subject(photo, trained)
    if subject is None:
        return
    places = {join.name: join for join in joins(subject.graph)}
    if not places:
        st.info(
            "This network never brings maps together: choose one with shortcuts (ResNet), branches "
            "(GoogLeNet) or dense blocks (DenseNet) in the sidebar."
        )
        return
    join = places[choose_option("Where", list(places), address.JOIN)]
    made_or_said(lambda: _show_join(subject, join))


def _show_join(subject: Subject, join: Join) -> None:
    *before, last = [torch.from_numpy(subject.at(place)) for place in join.parts]
    pair = merged(torch.cat(before), last)
    st.markdown(
        f"Here {subject.spec.variant} **{DOES[join.kind]}** {shape_text(pair.first.shape)} and "
        f"{shape_text(pair.second.shape)} maps."
    )
    left, right = st.columns(2)
    with left:
        _show_part(
            pair.first, "The first part, " if len(before) == 1 else "All parts but the last, "
        )
    with right:
        _show_part(pair.second, "The last part, ")
    left, right = st.columns(2, border=True)
    with left:
        st.subheader("Added" if pair.added is not None else "Added: refused")
        if pair.added is None:
            st.warning(pair.refused, icon=":material/block:")
        else:
            _show_part(pair.added, "")
            _say_kept(pair.first.numpy(), pair.second.numpy())
    with right:
        st.subheader("Concatenated")
        _show_part(pair.concatenated, "")


def _show_part(part: torch.Tensor, title: str) -> None:
    few = f", the first {MAX_MAPS}" if len(part) > MAX_MAPS else ""
    show_maps(part[:MAX_MAPS].numpy(), f"{title}{shape_text(part.shape)}{few}.")


def _show_filters(photo: Photo) -> None:
    with st.sidebar:
        first = _choose_kernel("First kernel", address.FIRST_FILTER, "sobel-horizontal")
        second = _choose_kernel("Second kernel", address.SECOND_FILTER, "sobel-vertical")
    pixels = grey_photo(photo)
    one, two = filtered(pixels, first.kernel), filtered(pixels, second.kernel)
    rows, columns = pixels.shape
    left, right = st.columns(2, border=True)
    with left:
        st.subheader(f"Added: 1 x {rows} x {columns}")
        st.image(
            _picture(one + two, first, second),
            "Sum of both maps",
            width="stretch",
            alt=f"The map of {first.title} plus that of {second.title}",
        )
    with right:
        st.subheader(f"Concatenated: 2 x {rows} x {columns}")
        pictures = [classic_image(first, one), classic_image(second, two)]
        with st.grid(2, min_column_width=130):
            for each, picture in zip((first, second), pictures, strict=True):
                st.image(picture, each.title, width="stretch", alt=f"The map of {each.title}")
    _say_kept(one, two)


def _choose_kernel(label: str, key: address.Key, default: str) -> ClassicFilter:
    by_title = {each.title: each for each in CLASSIC_FILTERS.values()}
    return by_title[choose_option(label, list(by_title), key, CLASSIC_FILTERS[default].title)]


def _picture(values: np.ndarray, first: ClassicFilter, second: ClassicFilter) -> np.ndarray:
    """The sum as the one of both that finds changes is drawn, so that signs are seen."""
    return classic_image(first if first.finds_changes else second, values)


def _say_kept(one: np.ndarray, two: np.ndarray) -> None:
    share = kept_energy(torch.from_numpy(one), torch.from_numpy(two))
    st.markdown(
        f"The sum's squares add up to **{share:.2f}** x those of the two maps apart: 1 where they "
        "never meet or in the mean neither help nor cancel each other, 0 where they cancel, 2 "
        "where they are the same. Concatenated, both are there, and the next layer may still add "
        "them: a 1x1 convolution with weights 1 and 1 does just that."
    )
