"""What excites a map most: the patch of the photo, and the patches of a collection of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from cnnviz.figures.pictures.field import WIDTH, field_picture
from cnnviz.figures.pictures.image_tiles import enlarged, gallery
from cnnviz.figures.pictures.patches import patch
from cnnviz.images import Collection
from cnnviz.ui.photo.layer import LayerOfSubject, Pixel
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.work.view import Offer
from cnnviz.ui.work.work import Work
from cnnviz.vision.maps.exciting import ExcitingPictures, exciting_pictures, exciting_places
from cnnviz.vision.prediction import seen_by

SHOWN = 9
LARGE = 320  # px of the photo's patch


def show_exciting(
    layer: LayerOfSubject, channel: int, collection: Collection, positions: Sequence[int]
) -> None:
    """Draw, after a search on demand, the patches of a collection that excite a map most.

    Args:
        layer: Whose map it is; the subject's photo plays no part.
        channel: The map.
        collection: The pictures.
        positions: Which of them are searched.
    """
    subject, network, place = layer.subject, layer.subject.network, layer.place
    key = ("exciting", subject.spec, subject.weights, place, collection.key, tuple(positions))

    def compute(work: Work) -> ExcitingPictures:
        return exciting_pictures(network, place, collection, positions, work.tell)

    many = (
        f"{len(positions):,} of {len(collection):,}"
        if len(positions) < len(collection)
        else f"all {len(collection):,}"
    )
    Offer(
        "exciting",
        key,
        compute,
        f"Find them in {many} pictures of “{collection.title}”",
        partial(_show_found, layer, channel, collection, key),
        help="For every map of this layer at once: another map then needs no new search.",
    ).draw()


def show_on_photo(layer: LayerOfSubject, channel: int) -> None:
    """Draw the field of the unit where a map is largest on the photo, and that patch enlarged."""
    values = layer.activation()[channel]
    if values.min() == values.max():
        st.info(
            f"Nothing in this photo excites map {channel}: it is {values.max():.3g} everywhere."
        )
        return
    found = exciting_places(values)
    unit = (int(found.rows), int(found.columns))
    (first, last), seen = layer.field(unit), np.asarray(layer.subject.seen)
    said = (
        f"Map {channel} is largest, {found.values:.3g}, in row {unit[0]} and column {unit[1]} of "
        f"{values.shape[0]} x {values.shape[1]}; that unit sees {_size(first, last)} px of the "
        "photo."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(field_picture(seen, first, last, title=said), width=WIDTH, alt=said)
        cut = patch(seen, first, last)
        title = "What excites it most on this photo"
        st.image(enlarged(cut, LARGE), title, width=LARGE, alt=title)
    st.caption(said)


def _show_found(
    layer: LayerOfSubject,
    channel: int,
    collection: Collection,
    key: object,
    found: ExcitingPictures,
) -> None:
    """The patches that excite the map most, with value and name."""
    best = found.best(channel, SHOWN)
    if best:
        cuts = _patches(key, layer.name, channel, layer, collection, found)
        names = [collection.pictures[found.positions[i]].name for i in best]
        captions = [
            f"{found.values[i, channel]:.3g} {name}" for i, name in zip(best, names, strict=True)
        ]
        st.html(gallery(cuts, captions, 150, alt=f"Excites map {channel}:"))
    else:
        st.info(f"None of these pictures excites map {channel}: it has no value above 0 on them.")
    st.caption(_found_text(layer, collection, found, len(best)))
    for name, reason in found.unreadable[:3]:
        st.caption(f"{name} was left out: {reason}")


def _found_text(
    layer: LayerOfSubject, collection: Collection, found: ExcitingPictures, shown: int
) -> str:
    """What was searched, and what the patches are."""
    searched = len(found.positions) + len(found.unreadable)
    many = f"all {searched:,}"
    if searched < len(collection):
        many = f"{searched:,} (drawn at random) of the {len(collection):,}"
    said = f"Searched: {many} pictures of “{collection.title}”. "
    if shown:
        said += (
            "Each patch is what the unit with the map's largest value sees of a picture "
            f"({_size(*layer.field((0, 0)))} px, grey beyond the border; a field larger "
            "than the picture shows all of it), with that value."
        )
    left_out = len(found.unreadable)
    return f"{said} {left_out} could not be opened." if left_out else said


@results.remember
def _patches(
    key: object,
    layer_name: str,
    channel: int,
    _layer: LayerOfSubject,
    _collection: Collection,
    _found: ExcitingPictures,
) -> list[np.ndarray]:
    """The patches of the pictures that excite a map most, best first."""
    cuts = []
    for i in _found.best(channel, SHOWN):
        unit = (int(_found.rows[i, channel]), int(_found.columns[i, channel]))
        picture = _collection.open(int(_found.positions[i]))
        seen = np.asarray(seen_by(_layer.subject.spec, picture))
        cuts.append(patch(seen, *_layer.field(unit)))
    return cuts


def _size(first: Pixel, last: Pixel) -> str:
    return f"{last[0] - first[0] + 1:,} x {last[1] - first[1] + 1:,}"
