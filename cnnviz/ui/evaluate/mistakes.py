"""The pictures behind the numbers: those of a cell, and the most confident mistakes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from cnnviz.figures.heatmap import overlay
from cnnviz.figures.pictures.picture_tiles import PictureTile, picture_tiles
from cnnviz.runs.run import Run
from cnnviz.training.evaluation.predictions import checkpoint_key
from cnnviz.training.evaluation.scores import Evaluation
from cnnviz.ui.evaluate.evaluated import mistake_maps, shown, tested_pictures
from cnnviz.ui.parts.markdown import plain

MAX_OF_CELL = 48
MAX_MISTAKES = 12
OPACITY = 0.6


def show_cell(run: Run, found: Evaluation, label: int, predicted: int) -> None:
    """The pictures of a class that are called another, the most confident first."""
    name, called = plain(found.classes[label]), plain(found.classes[predicted])
    positions = found.cell(label, predicted)
    st.subheader(f"{name} called {called}: {len(positions):,}")
    if not len(positions):
        st.caption("No test picture is in this cell.")
        return
    show_pictures(run, found, positions[:MAX_OF_CELL], names_class=False)
    if len(positions) > MAX_OF_CELL:
        st.caption(f"The {MAX_OF_CELL} of which the network is most sure.")


def show_pictures(
    run: Run, found: Evaluation, positions: np.ndarray, names_class: bool = True
) -> None:
    """Test pictures at some positions, each with what it is called and how surely.

    Args:
        run: Whose test pictures.
        found: What its network says.
        positions: In the test split.
        names_class: Whether the class stands under each picture, not the probability alone.
    """
    pictures = shown(tested_pictures(run.plan).images[positions])
    tiles = [
        PictureTile([picture], *_words(found, position, names_class))
        for picture, position in zip(pictures, positions, strict=True)
    ]
    st.html(picture_tiles(tiles))


def _words(found: Evaluation, position: int, names_class: bool) -> tuple[str, str]:
    said, real = _prediction(found, position), _label(found, position)
    sure = f"{found.confidence[position]:.1%}"
    return (f"called {said}, {sure}", f"is {real}") if names_class else (sure, f"number {position}")


def _prediction(found: Evaluation, position: int) -> str:
    return found.classes[int(found.predictions.predicted[position])]


def _label(found: Evaluation, position: int) -> str:
    return found.classes[int(found.predictions.labels[position])]


def show_mistakes(run: Run, found: Evaluation) -> None:
    """The most confident mistakes, each with the region that spoke for the wrong class."""
    if not len(found.mistakes):
        st.success("Every test picture is predicted right.")
        return
    positions = found.mistakes[:MAX_MISTAKES]
    st.markdown(
        f"{len(found.mistakes):,} of {len(found.predictions):,} test pictures are predicted "
        f"wrong. Of these {len(positions)} the network is most sure. **On the right, Grad-CAM: the "
        "region that spoke for the wrong class** (dark is 0, yellow is 1)."
    )
    split = tested_pictures(run.plan)
    pictures = shown(split.images[positions])
    maps = _maps(run, found, positions)
    tiles = []
    for number, position in enumerate(positions):
        views = [pictures[number]]
        if maps:
            views.append(overlay(pictures[number], maps[number], OPACITY))
        tiles.append(PictureTile(views, *_words(found, position, names_class=True)))
    st.html(picture_tiles(tiles, least=14))


def _maps(run: Run, found: Evaluation, positions: np.ndarray) -> Sequence[np.ndarray]:
    """Grad-CAM of each picture for the class that it is taken for; none after saying why."""
    images = tested_pictures(run.plan).images[positions]
    classes = tuple(int(c) for c in found.predictions.predicted[positions])
    key = checkpoint_key(run.folder)
    try:
        return mistake_maps(str(run.folder), key, tuple(map(int, positions)), classes, images)
    except ValueError as error:
        st.info(f"Without Grad-CAM: {error}")
        return []
