"""Images of a cell of the confusion matrix, and the most confident mistakes."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from cnnviz.figures.heatmap import overlay
from cnnviz.figures.pictures.image_tiles import ImageTile, image_tiles
from cnnviz.runs.run import Run
from cnnviz.training.evaluation.predictions import checkpoint_key
from cnnviz.training.evaluation.scores import Evaluation
from cnnviz.ui.evaluate.evaluated import mistake_maps, rgb_images, test_images
from cnnviz.ui.parts.page import plain

MAX_OF_CELL = 48
MAX_MISTAKES = 12
OPACITY = 0.6


def show_cell(run: Run, evaluation: Evaluation, label: int, predicted: int) -> None:
    """Draw the images of a class predicted as another, the most confident first."""
    name, called = plain(evaluation.classes[label]), plain(evaluation.classes[predicted])
    positions = evaluation.cell(label, predicted)
    st.subheader(f"{name} predicted as {called}: {len(positions):,}")
    if not len(positions):
        st.caption("There are no test images in this cell.")
        return
    show_images(run, evaluation, positions[:MAX_OF_CELL], names_class=False)
    if len(positions) > MAX_OF_CELL:
        st.caption(f"Only the {MAX_OF_CELL} most confident ones are shown.")


def show_images(
    run: Run, evaluation: Evaluation, positions: np.ndarray, names_class: bool = True
) -> None:
    """Draw test images with their predictions and probabilities.

    Args:
        run: The evaluated run.
        evaluation: Its evaluation.
        positions: Positions in the test split.
        names_class: Whether to show the classes under each image, not only the probability.
    """
    images = rgb_images(test_images(run.plan).images[positions])
    tiles = [
        _tile([image], *_words(evaluation, position, names_class))
        for image, position in zip(images, positions, strict=True)
    ]
    st.html(image_tiles(tiles))


def _tile(views: Sequence[np.ndarray], title: str, text: str) -> ImageTile:
    return ImageTile(views, title, text=text)


def _words(evaluation: Evaluation, position: int, names_class: bool) -> tuple[str, str]:
    probability = f"{evaluation.confidence[position]:.1%}"
    if not names_class:
        return probability, f"number {position}"
    predicted, true = _prediction(evaluation, position), _label(evaluation, position)
    return f"predicted {predicted}, {probability}", f"true {true}"


def _prediction(evaluation: Evaluation, position: int) -> str:
    return evaluation.classes[int(evaluation.predictions.predicted[position])]


def _label(evaluation: Evaluation, position: int) -> str:
    return evaluation.classes[int(evaluation.predictions.labels[position])]


def show_mistakes(run: Run, evaluation: Evaluation) -> None:
    """Draw the most confident mistakes with the regions that support the wrong class."""
    if not len(evaluation.mistakes):
        st.success("All test images are classified correctly.")
        return
    positions = evaluation.mistakes[:MAX_MISTAKES]
    st.markdown(
        f"{len(evaluation.mistakes):,} of {len(evaluation.predictions):,} test images are "
        f"misclassified. These are the {len(positions)} most confident ones. **Right: Grad-CAM, "
        "the region that supports the wrong class** (dark is 0, yellow is 1)."
    )
    split = test_images(run.plan)
    images = rgb_images(split.images[positions])
    maps = _maps(run, evaluation, positions)
    tiles = []
    for number, position in enumerate(positions):
        views = [images[number]]
        if maps:
            views.append(overlay(images[number], maps[number], OPACITY))
        tiles.append(_tile(views, *_words(evaluation, position, names_class=True)))
    st.html(image_tiles(tiles, "min(14rem, 46%)"))


def _maps(run: Run, evaluation: Evaluation, positions: np.ndarray) -> Sequence[np.ndarray]:
    """Grad-CAM of each image for its predicted class; empty (with a message) after an error."""
    images = test_images(run.plan).images[positions]
    classes = tuple(int(c) for c in evaluation.predictions.predicted[positions])
    key = checkpoint_key(run.folder)
    try:
        return mistake_maps(str(run.folder), key, tuple(map(int, positions)), classes, images)
    except ValueError as error:
        st.info(f"Without Grad-CAM: {error}")
        return []
