"""Images of a cell of the confusion matrix, and the most confident mistakes."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from cnnviz.figures.colour_maps import overlay
from cnnviz.figures.images.image_tiles import ImageTile, image_tiles
from cnnviz.training.evaluation.scores import Evaluation
from cnnviz.ui.evaluate.evaluated import Evaluated, mistake_maps
from cnnviz.ui.parts.page import plain

MAX_OF_CELL = 48
MAX_MISTAKES = 12
OPACITY = 0.6


def show_cell(subject: Evaluated, label: int, predicted: int) -> None:
    """Draw the images of a class predicted as another, the most confident first."""
    evaluation = subject.evaluation
    name, called = plain(evaluation.classes[label]), plain(evaluation.classes[predicted])
    positions = evaluation.cell(label, predicted)
    st.subheader(f"{name} predicted as {called}: {len(positions):,}")
    if not len(positions):
        st.caption("There are no test images in this cell.")
        return
    show_images(subject, positions[:MAX_OF_CELL], names_class=False)
    if len(positions) > MAX_OF_CELL:
        st.caption(f"Only the {MAX_OF_CELL} most confident ones are shown.")


def show_images(
    subject: Evaluated,
    positions: np.ndarray,
    names_class: bool = True,
    maps: Sequence[np.ndarray] = (),
) -> None:
    """Draw test images with their predictions and probabilities.

    Args:
        subject: The evaluated run.
        positions: Positions in the test split.
        names_class: Whether to show the classes under each image, not only the probability.
        maps: A heatmap for each image, shown over it on its right; empty: no heatmaps.
    """
    tiles = []
    for number, (image, position) in enumerate(
        zip(subject.images(positions), positions, strict=True)
    ):
        views = [image, overlay(image, maps[number], OPACITY)] if maps else [image]
        title, text = _words(subject.evaluation, position, names_class)
        tiles.append(ImageTile(views, title, text=text))
    st.html(image_tiles(tiles, "min(14rem, 46%)") if maps else image_tiles(tiles))


def _words(evaluation: Evaluation, position: int, names_class: bool) -> tuple[str, str]:
    probability = f"{evaluation.confidence[position]:.1%}"
    if not names_class:
        return probability, f"number {position}"
    predictions = evaluation.predictions
    predicted = evaluation.classes[int(predictions.predicted[position])]
    true = evaluation.classes[int(predictions.labels[position])]
    return f"predicted {predicted}, {probability}", f"true {true}"


def show_mistakes(subject: Evaluated) -> None:
    """Draw the most confident mistakes with the regions that support the wrong class."""
    evaluation = subject.evaluation
    if not len(evaluation.mistakes):
        st.success("All test images are classified correctly.")
        return
    positions = evaluation.mistakes[:MAX_MISTAKES]
    st.markdown(
        f"{len(evaluation.mistakes):,} of {len(evaluation.predictions):,} test images are "
        f"misclassified. These are the {len(positions)} most confident ones. **Right: Grad-CAM, "
        "the region that supports the wrong class** (at the deepest stage with at least 4 x 4 "
        "places; dark is 0, yellow the map's maximum)."
    )
    maps: Sequence[np.ndarray] = ()
    try:
        maps = mistake_maps(subject, tuple(map(int, positions)))
    except ValueError as error:
        st.info(f"Without Grad-CAM: {error}")
    show_images(subject, positions, maps=maps)
