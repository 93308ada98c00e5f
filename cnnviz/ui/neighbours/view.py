"""Neighbours on screen: rows of the nearest images, and a map of all images."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from cnnviz.figures.images import planar_map as drawing
from cnnviz.figures.images.image_tiles import ImageTile, image_tiles
from cnnviz.ui.neighbours.results import SIDE, Comparison, map_picture, principal_map
from cnnviz.ui.neighbours.thumbnail_map import thumbnail_map
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled, choose_segment, choose_step
from cnnviz.ui.parts.page import plain
from cnnviz.ui.work.view import Offer
from cnnviz.vision.neighbours.nearest import majority, square
from cnnviz.vision.neighbours.planar_map import planar_map

METRICS = ("euclidean", "cosine", "both")
COUNTS = (3, 6, 12, 24)
MAX_CLASSES = 6  # with a colour of their own; the seventh is the photo's
TITLES = {"euclidean": "Nearest by Euclidean distance", "cosine": "Nearest by cosine distance"}
METHODS = {
    "PCA": "PCA: the two directions in which the vectors vary most.",
    "t-SNE": "t-SNE (van der Maaten and Hinton 2008) on the first 50 principal components: near "
    "points are near vectors; distances between groups, and their sizes, mean nothing. "
    "scikit-learn's t-SNE cannot be stopped at work, so it runs in four stages; a stop waits for "
    "the end of one.",
}


def choose_metrics() -> tuple[str, ...]:
    """Buttons of the distance; returns one or both."""
    metric = choose_labelled(
        "Distance",
        METRICS,
        address.METRIC,
        help="Euclidean is the length of the difference of two vectors, as in AlexNet's paper. "
        "Cosine is 1 minus the cosine of their angle: it ignores their lengths.",
    )
    return METRICS[:2] if metric == "both" else (metric,)


def choose_count() -> int:
    """Slider of the number of neighbours."""
    return choose_step(
        "Neighbours", COUNTS, address.NEIGHBOURS, 6, help="AlexNet's Figure 4 shows 6."
    )


def show_nearest(compared: Comparison, metric: str, count: int) -> None:
    """Draw the photo, its neighbours by one distance, and how many share a class."""
    neighbours = compared.nearest(metric, count)
    st.subheader(TITLES[metric])
    tiles = [_photo_tile(compared), *(_tile(compared, i, d) for i, d in neighbours)]
    st.html(image_tiles(tiles, "min(8.2rem, 28%)"))
    if any(compared.labels):
        st.markdown(_shared_class([compared.labels[i] for i, _ in neighbours]))


def say_agreement(compared: Comparison, metrics: Sequence[str], count: int) -> None:
    """Draw how many neighbours the two distances share."""
    if len(metrics) < 2:
        return
    first, second = ({i for i, _ in compared.nearest(metric, count)} for metric in metrics)
    st.markdown(
        f"The two distances have {len(first & second)} of {len(first)} neighbours in common."
    )


def say_basis(compared: Comparison) -> None:
    """Draw which vectors are compared, of how many images, and which could not be opened."""
    hidden, looked_at = compared.hidden, compared.count
    whole = len(compared.collection)
    averaged = ""
    if len(hidden.shape) == 3:
        height, width = hidden.shape[1:]
        averaged = (
            f", the mean of each of its {hidden.shape[0]:,} feature maps over {height} x {width} "
            "positions, because this network ends in a convolution"
        )
    how = "as many of each class" if any(compared.labels) else "drawn at random"
    of_all = (
        f"all {whole:,} images were compared"
        if looked_at == whole
        else f"{looked_at:,} of {whole:,} images were compared, {how}"
    )
    st.caption(
        f"Distances are between the {len(hidden.values):,} numbers that {hidden.layer}, the last "
        f"layer with weights, reads{averaged}. Of “{plain(compared.collection.title)}” {of_all}. "
        "After Krizhevsky, Sutskever and Hinton 2012, section 6.1 and Figure 4, who compare "
        "4,096 numbers of AlexNet by Euclidean distance."
    )
    unreadable = compared.embedding.unreadable
    if not unreadable:
        return
    noun = "image" if len(unreadable) == 1 else "images"
    with st.expander(f"{len(unreadable):,} {noun} could not be opened"):
        for position, reason in unreadable[:100]:
            name = compared.collection.images[position].name
            st.markdown(f"{plain(name)}: {plain(reason)}")
        if len(unreadable) > 100:
            st.markdown(f"And {len(unreadable) - 100:,} more.")


def show_map(compared: Comparison, ringed: Sequence[int]) -> None:
    """Draw all images as points in a plane.

    Args:
        compared: What is shown.
        ringed: Numbers of the pictures that get a ring: the nearest.
    """
    st.subheader("Map of all images")
    method = choose_segment("Map", list(METHODS), address.PLANE, is_labelled=False)
    if method != "t-SNE":
        _draw_map(compared, principal_map(compared), ringed, "PCA")
        return
    vectors = compared.vectors
    Offer(
        "t_sne",
        ("t-sne", compared.cache_key),
        lambda work: planar_map(vectors, "t-sne", progress=work.tell, show=work.show),
        "Compute t-SNE",
        show=lambda points: _draw_map(compared, points, ringed, "t-SNE"),
        preview=lambda points: _draw_map(compared, points, ringed, "t-SNE"),
    ).draw()


def _draw_map(compared: Comparison, points: np.ndarray, ringed: Sequence[int], method: str) -> None:
    names, colours = _colours(compared.labels, ringed)
    places = drawing.placed(points)
    title = f"Map of {len(points) - 1} images and the photo, by {method}"
    svg = drawing.scatter(places, [0, *colours], [number + 1 for number in ringed], title)
    named = zip(compared.labels, map(compared.name, range(len(colours))), strict=True)
    words = [f"{label}: {_file_name(name)}" if label else name for label, name in named]
    words = [compared.subject.photo.title, *words]
    thumbnail_map(svg, places, map_picture(compared), words, key=f"map_{method}")
    if names:
        st.html(drawing.key(names, drawing.GREY in colours))
    st.caption(
        f"{METHODS[method]} A ring marks the nearest images above, by all "
        f"{len(compared.hidden.values):,} numbers, not on this map. Point at an image, or tap it."
    )


def _colours(labels: Sequence[str], ringed: Sequence[int]) -> tuple[list[str], list[int]]:
    """Names of the classes with a colour of their own, and the colour of each picture.

    Where there are too many classes, those of the nearest pictures have one, the others are grey.
    """
    known = sorted({label for label in labels if label})
    if len(known) < 2:
        return [], [0] * len(labels)
    if len(known) > MAX_CLASSES:
        near = dict.fromkeys(labels[number] for number in ringed if labels[number])
        known = list(near)[:MAX_CLASSES]
    numbers = {label: number for number, label in enumerate(known)}
    return known, [numbers.get(label, drawing.GREY) for label in labels]


def _shared_class(labels: Sequence[str]) -> str:
    """How many of the nearest pictures share their class, in a sentence."""
    classes, times = majority(labels)
    if times < 2:
        return f"No two of the {len(labels)} nearest are of one class."
    names = [f"“{plain(label)}”" for label in classes]
    if len(names) == 1:
        return f"{times} of the {len(labels)} nearest are of the class {names[0]}."
    joined = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{times} of the {len(labels)} nearest are of each of the classes {joined}."


def _photo_tile(compared: Comparison) -> ImageTile:
    photo = compared.subject.photo
    image, name = square(photo.image, SIDE), photo.title
    return ImageTile([image], "the photo", text=name, alt=name, is_framed=True)


def _tile(compared: Comparison, number: int, distance: float) -> ImageTile:
    label, name = compared.labels[number], _file_name(compared.name(number))
    digits = f"{distance:.4f}" if distance < 1 else f"{distance:.4g}"
    return ImageTile([compared.picture(number)], digits, label, name, alt=name)


def _file_name(name: str) -> str:
    """The last part of a picture's path; the folder is its class."""
    return name.rpartition("/")[2]
