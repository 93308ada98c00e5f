"""The view of the data: samples, class balance and augmentation."""

import numpy as np
import streamlit as st
import torch
from PIL import Image

from cnnviz.figures.bars import class_balance_bars
from cnnviz.figures.images.grid import image_grid
from cnnviz.hyperparameters import Hyperparameter, Value, text
from cnnviz.training.datasets.base import Data
from cnnviz.training.datasets.look import (
    class_balance,
    mixed_samples,
    repeats_text,
    samples,
)
from cnnviz.training.options import TrainingOptions
from cnnviz.ui.parts import address
from cnnviz.ui.parts.augmented import AUGMENTATIONS, LAST_DRAW, augmented, choose_strength
from cnnviz.ui.parts.choices import choose_number
from cnnviz.ui.parts.page import plain
from cnnviz.ui.runs.words import counted

CLASSES_AT_ONCE = 20
SAMPLES, SAMPLES_ACROSS = 12, 6
ROW = 8  # images that show the augmentation
DRAWS = 3
MAX_SKIPPED = 200


def show_data(data: Data, options: TrainingOptions) -> None:
    """Draw the data and the chosen augmentation.

    Args:
        data: Data with the network's image side and channels.
        options: Chosen training options.
    """
    st.markdown(facts_text(data))
    if repeats := repeats_text(data.repeated, len(data.test)):
        st.warning(repeats, icon=":material/content_copy:")
    draw = choose_number(
        "Draw",
        0,
        LAST_DRAW,
        address.DATA_DRAW,
        0,
        width=140,
        help="Another number draws other samples and augmentations.",
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Samples of each class")
        _show_samples(data, draw)
    with right:
        st.subheader("Images of each class")
        with st.container(height=520 if len(data.classes) > CLASSES_AT_ONCE else "content"):
            counts = [(each.name, each.train, each.test) for each in class_balance(data)]
            st.html(class_balance_bars(counts))
    st.subheader("Augmentation")
    _show_augmentation(data, options, draw)
    _show_skipped(data)


def facts_text(data: Data) -> str:
    """Title, counts, size, mean and standard deviation as Markdown."""
    kind = "grey" if data.channels == 1 else "red, green, blue"
    mean, std = (", ".join(f"{value:.3f}" for value in each) for each in (data.mean, data.std))
    return (
        f"**{plain(data.title)}**: {len(data.train):,} training and "
        f"{len(data.test):,} test images, {len(data.classes):,} classes, "
        f"{data.side} x {data.side} px, {kind}. Training pixels in [0, 1]: "
        f"mean {mean}; standard deviation {std}."
    )


def _show_samples(data: Data, draw: int) -> None:
    with st.grid(2, min_column_width=260):
        for label in _choose_classes(data):
            images = samples(data, label, draw, SAMPLES).numpy()
            name = data.classes[label]
            with st.container(gap="xxsmall"):
                st.markdown(f"**{plain(name)}**")
                _show_grid(images, SAMPLES_ACROSS, f"{len(images)} samples of {name}", 48)


def _choose_classes(data: Data) -> range:
    """Labels of the shown classes: all, or a chosen part."""
    count = len(data.classes)
    if count <= CLASSES_AT_ONCE:
        return range(count)
    parts = [range(i, min(i + CLASSES_AT_ONCE, count)) for i in range(0, count, CLASSES_AT_ONCE)]
    number = st.selectbox(
        "Classes",
        range(len(parts)),
        format_func=lambda i: f"{data.classes[parts[i][0]]} to {data.classes[parts[i][-1]]}",
        key="data_classes",
    )
    return parts[number if number in range(len(parts)) else 0]


def _show_augmentation(data: Data, options: TrainingOptions, draw: int) -> None:
    images = mixed_samples(data, draw, ROW)
    chosen = {name: getattr(options, name) for name in AUGMENTATIONS if getattr(options, name)}
    known = {each.name: each for each in TrainingOptions.hyperparameters()}
    _show_row("Original", "", images.numpy(), "Original images")
    strengths = ", ".join(_strength_text(known[name], value) for name, value in chosen.items())
    title = "As used in training" if chosen else "Used unchanged in training"
    if chosen:
        rows = np.concatenate(
            [augmented(images, data, options, draw * DRAWS + turn) for turn in range(DRAWS)]
        )
        _show_row(title, f"{strengths}; {DRAWS} draws", rows, f"Images with {strengths}")
    else:
        st.caption(f"{title}: all augmentations are off. The effect of each:")
    if st.toggle("Each augmentation separately", value=not chosen, key="each_augmentation"):
        for name in AUGMENTATIONS:
            _show_alone(known[name], chosen.get(name), images, data, draw)


def _show_alone(
    option: Hyperparameter, chosen: Value | None, images: torch.Tensor, data: Data, draw: int
) -> None:
    """Draw one augmentation with a separate strength, which does not change the options."""
    left, right = st.columns([1, 4], vertical_alignment="center")
    with left:
        strength = choose_strength(option, chosen)
    alone = TrainingOptions().with_values({option.name: strength})
    with right:
        _show_grid(augmented(images, data, alone, draw), ROW, f"{option.title} alone")


def _show_row(title: str, caption: str, images: np.ndarray, alt: str) -> None:
    left, right = st.columns([1, 4], vertical_alignment="center")
    left.markdown(f"**{title}**")
    if caption:
        left.caption(caption)
    with right:
        _show_grid(images, ROW, alt)


def _show_grid(images: np.ndarray, across: int, alt: str, least_side: int = 96) -> None:
    grid: Image.Image = image_grid(images, across, least_side)
    st.image(grid, output_format="PNG", width="stretch", alt=alt)


def _strength_text(option: Hyperparameter, value: Value) -> str:
    words = (option.title,) if option.is_flag else (option.title, text(value), option.unit)
    return " ".join(filter(None, words))


def _show_skipped(data: Data) -> None:
    if not data.skipped:
        return
    count = len(data.skipped)
    with st.expander(f"{counted(count, 'image')} could not be used"):
        if count > MAX_SKIPPED:
            st.caption(f"The first {MAX_SKIPPED} of them.")
        st.dataframe(
            [{"Image": name, "Reason": reason} for name, reason in data.skipped[:MAX_SKIPPED]],
            width="stretch",
            hide_index=True,
        )
