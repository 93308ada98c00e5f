"""Prediction by ten crops next to that by a single crop."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnviz.figures.images.image_tiles import enlarged
from cnnviz.ui.grad_cam.maps import show_answers
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.server.cached import inference_turn
from cnnviz.vision.crops import PLACES, TEN_CROPS, ten_crops
from cnnviz.vision.prediction import many_probabilities


@dataclass(frozen=True, eq=False)
class CropAnswers:
    """Ten crops and the network's predictions for them.

    Attributes:
        pictures: uint8 (10, H, W, 3), named by ``TEN_CROPS``.
        probabilities: float32 (10, num_classes).
        square: Side in pixels of what they are cut from.
    """

    pictures: np.ndarray
    probabilities: np.ndarray
    square: int


def show_crops(subject: Subject) -> None:
    """Draw the predictions by one crop and by ten, and the ten crops."""
    crops = cached_crops(subject)
    by_title = {"Single crop": None, "Ten crops": crops.probabilities.mean(axis=0)}
    for column, title in zip(st.columns(2, gap="large"), by_title, strict=True):
        with column:
            st.subheader(title)
            show_answers(subject, by_title[title])
    st.markdown(crops_text(subject, crops))
    with st.grid(len(PLACES), min_column_width=120):
        for name, picture, answer in zip(
            TEN_CROPS, crops.pictures, crops.probabilities, strict=True
        ):
            caption = f"{name}: {answer[subject.class_index]:.1%}"
            st.image(enlarged(picture, 224), caption, width="stretch", alt=caption)
    st.caption(_source(subject, crops.square))


def crops_text(subject: Subject, crops: CropAnswers) -> str:
    """The class's probability in the single crop, on average and in the ten crops."""
    alone = subject.probability
    each = crops.probabilities[:, subject.class_index]
    agreed = int((crops.probabilities.argmax(axis=1) == subject.class_index).sum())
    return (
        f"“{subject.label}” has {alone:.1%} in the single crop and {each.mean():.1%} as the mean "
        f"of ten, which range from {each.min():.1%} to {each.max():.1%}; it is the top "
        f"prediction for {agreed} of the ten."
    )


def _source(subject: Subject, square: int) -> str:
    side = subject.side
    text = (
        f"Krizhevsky et al. 2012, section 4.1: crops of {side} px from the four corners and the "
        f"centre of the photo's central square of {square} px, and their mirror images; the "
        "prediction is the mean of the ten softmaxes. Below each crop: the class's "
        "probability."
    )
    if subject.preprocessing.resize == side:
        text += (
            f" The single crop shows the whole square at {side} px; for the ten the photo is first "
            f"enlarged to {square} px (256/224), which its authors did not do."
        )
    return text


@results.remember
def cached_crops(subject: Subject) -> CropAnswers:
    """Ten crops of the photo with their predictions."""
    network, crops = subject.network, ten_crops(subject.spec, subject.photo.image)
    with st.spinner("Looking at ten crops ..."), inference_turn:
        answers = many_probabilities(network, 10, lambda some: crops.images[some])
    return CropAnswers(crops.pictures, answers, len(crops.square))
