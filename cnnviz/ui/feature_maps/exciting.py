"""Top activations of a channel: patches of the photo and of a collection of images."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from cnnviz.figures.images.field import WIDTH, field_drawing
from cnnviz.figures.images.image_tiles import enlarged, gallery
from cnnviz.figures.images.patches import patch
from cnnviz.images import Collection
from cnnviz.ui.photo.subject import LayerOfSubject, Pixel
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.work.view import Offer
from cnnviz.vision.maps.exciting import ExcitingImages, exciting_images, exciting_places
from cnnviz.vision.prediction import seen_by

SHOWN = 9
LARGE = 320  # px of the photo's patch


@dataclass(frozen=True, eq=False)
class Search:
    """Images in which the top activations of a layer are searched.

    Attributes:
        layer: The layer; the subject's photo is not used.
        collection: The images.
        positions: Which of them are searched.
    """

    layer: LayerOfSubject
    collection: Collection
    positions: Sequence[int]

    @property
    def cache_key(self) -> Hashable:
        """Network, place and images."""
        subject, images = self.layer.subject, (self.collection.key, tuple(self.positions))
        return ("exciting", subject.spec, subject.weights, self.layer.place, images)


def show_exciting(search: Search, channel: int) -> None:
    """Draw the patches that activate a channel most, after a search on demand.

    Args:
        search: The layer, and the images.
        channel: Number of the feature map.
    """
    collection, positions = search.collection, search.positions
    network, place = search.layer.subject.network, search.layer.place
    many = f"all {len(collection):,}"
    if len(positions) < len(collection):
        many = f"{len(positions):,} of {len(collection):,}"
    Offer(
        "exciting",
        search.cache_key,
        lambda work: exciting_images(network, place, collection, positions, work.tell),
        f"Search {many} images of “{collection.title}”",
        partial(_show_patches, search, channel),
        help="One search covers all channels of this layer.",
    ).draw()


def show_on_photo(layer: LayerOfSubject, channel: int) -> None:
    """Draw the receptive field where a map is largest on the photo, and its patch enlarged."""
    values = layer.activation()[channel]
    if values.min() == values.max():
        value = f"{values.max():.3g}"
        st.info(f"Nothing in this photo activates channel {channel}: it is {value} everywhere.")
        return
    largest = exciting_places(values)
    unit = (int(largest.rows), int(largest.columns))
    (first, last), seen = layer.field(unit), np.asarray(layer.subject.seen)
    text = (
        f"Map {channel} is largest, {largest.values:.3g}, in row {unit[0]} and column {unit[1]} of "
        f"{values.shape[0]} x {values.shape[1]}; that unit sees {_size(first, last)} px of the "
        "photo."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(field_drawing(seen, first, last, title=text), width=WIDTH, alt=text)
        cut = patch(seen, first, last)
        title = "Top activation on this photo"
        st.image(enlarged(cut, LARGE), title, width=LARGE, alt=title)
    st.caption(text)


def _show_patches(search: Search, channel: int, activations: ExcitingImages) -> None:
    best = activations.best(channel, SHOWN)
    if best:
        images = search.collection.images
        captions = [
            f"{activations.values[i, channel]:.3g} {images[activations.positions[i]].name}"
            for i in best
        ]
        cuts = _patches(search, search.layer.name, channel, activations)
        st.html(gallery(cuts, captions, 150, alt=f"Top activation of channel {channel}:"))
    else:
        st.info(f"None of these images activates channel {channel}: it has no value above 0.")
    st.caption(_patches_text(search, activations, len(best)))
    for name, reason in activations.unreadable[:3]:
        st.caption(f"{name} was skipped: {reason}")


def _patches_text(search: Search, activations: ExcitingImages, shown: int) -> str:
    collection, left_out = search.collection, len(activations.unreadable)
    searched = len(activations.positions) + left_out
    many = f"all {searched:,}"
    if searched < len(collection):
        many = f"{searched:,} (drawn at random) of the {len(collection):,}"
    text = f"Searched: {many} images of “{collection.title}”. "
    if shown:
        text += (
            "Each patch is the receptive field of the channel's largest value in an image "
            f"({_size(*search.layer.field((0, 0)))} px, grey beyond the border), with that value."
        )
    return f"{text} {left_out} could not be opened." if left_out else text


@results.remember
def _patches(
    search: Search, layer_name: str, channel: int, _activations: ExcitingImages
) -> list[np.ndarray]:
    """The patches that activate a channel most, highest first."""
    cuts, layer = [], search.layer
    for i in _activations.best(channel, SHOWN):
        unit = (int(_activations.rows[i, channel]), int(_activations.columns[i, channel]))
        picture = search.collection.open(int(_activations.positions[i]))
        cuts.append(patch(np.asarray(seen_by(layer.subject.spec, picture)), *layer.field(unit)))
    return cuts


def _size(first: Pixel, last: Pixel) -> str:
    return f"{last[0] - first[0] + 1:,} x {last[1] - first[1] + 1:,}"
