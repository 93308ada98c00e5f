"""Augmentation gallery: what training does to pictures, done to the visitor's photo."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
import torch
from PIL import Image

from cnnviz.architectures import specify
from cnnviz.figures.colour_axes import REACH, colour_axes_drawing
from cnnviz.figures.filter_pictures import gallery
from cnnviz.hyperparameters import Hyperparameter, Value, text
from cnnviz.lab.small_photo import small_photo
from cnnviz.training.augmentation import colour_axes
from cnnviz.training.datasets.base import Data, Split
from cnnviz.training.options import TrainingOptions
from cnnviz.ui.data_view import AUGMENTATIONS, LAST_DRAW, augmented, choose_strength
from cnnviz.ui.photo_controls import Photo, choose_photo
from cnnviz.vision.augmentations import EIGENVALUES, EIGENVECTORS
from cnnviz.vision.crops import ten_crops

SIDE = 128  # px of the photo's square: strengths in pixels are of this
DRAWS = 8
WIDTH = 72  # px of a picture on screen, at least
CROPPED = "alexnet"  # whose input ten crops are cut for


def show_gallery() -> None:
    """The whole section."""
    with st.sidebar:
        photo = choose_photo()
        draw = _choose_draw()
    if photo is None:
        st.info("Choose a photo in the sidebar.")
        return
    data = photo_data(photo.image)
    strengths = _show_alone(data, draw)
    _show_together(data, strengths, draw)
    _show_colours(data, float(strengths["pca_colour"]))
    _show_crops(photo)


def photo_data(image: Image.Image) -> Data:
    """The middle square of a photo as data of one image, so that training's code can change it."""
    square = small_photo(image, 3, SIDE).permute(1, 2, 0).to(torch.uint8)[None]
    pixels = square.reshape(-1, 3).to(torch.float32) / 255
    split = Split(square, torch.zeros(1, dtype=torch.int64))
    mean, std = (tuple(each.tolist()) for each in (pixels.mean(0), pixels.std(0)))
    return Data("photo", "the photo", ("photo",), split, split, mean, std)


def _choose_draw() -> int:
    draw = st.number_input(
        "Draw",
        0,
        LAST_DRAW,
        0,
        key="draw",
        bind="query-params",
        help="The same number draws the same crops, angles, noise and colours.",
    )
    return draw if draw is not None and 0 <= draw <= LAST_DRAW else 0


def _show_alone(data: Data, draw: int) -> dict[str, Value]:
    """Each augmentation alone at a strength of its own; the strengths by name."""
    st.markdown(
        f"Eight draws of each augmentation of the training page, by the same code, on the photo's "
        f"middle square of {SIDE} x {SIDE} px."
    )
    known = {each.name: each for each in TrainingOptions.hyperparameters()}
    return {name: _show_one(known[name], data, draw) for name in AUGMENTATIONS}


def _show_one(option: Hyperparameter, data: Data, draw: int) -> Value:
    left, right = st.columns([1, 4], vertical_alignment="center")
    with left:
        strength = choose_strength(option, bind="query-params")
        st.caption(option.help)
    with right:
        _show_draws(data, {option.name: strength}, draw, f"{option.title} {text(strength)}, draw")
    return strength


def _show_together(data: Data, strengths: dict[str, Value], draw: int) -> None:
    st.subheader("All together, as training would see it")
    _show_draws(data, strengths, draw, "All augmentations together, draw")
    st.caption(
        "In the order crop and flip, rotation, brightness with contrast and saturation, PCA "
        "colour, noise, erasing; set a strength to 0 to leave one out. What is missing after a "
        "crop or a rotation is black."
    )


def _show_draws(data: Data, strengths: dict[str, Value], draw: int, alt: str) -> None:
    images = data.train.images.expand(DRAWS, -1, -1, -1)
    options = TrainingOptions().with_values(strengths)
    pictures = augmented(images, data, options, draw)
    numbers = [f"{number}" for number in range(1, DRAWS + 1)]
    st.html(gallery(pictures, numbers, WIDTH, alt=alt, most=DRAWS))


def _show_colours(data: Data, strength: float) -> None:
    """The principal colours of the photo, and ImageNet's beside."""
    st.subheader("PCA colour: along which colours?")
    values, vectors = (each.flip(-1).numpy() for each in colour_axes(data))
    columns = [_towards_bright(vectors[:, axis]) for axis in range(3)]
    st.html(colour_axes_drawing(np.array(data.mean), values.tolist(), columns))
    added = strength * values[0] * columns[0] * 255
    st.markdown(
        f"Each bar goes from {REACH:g} standard deviations below the photo's mean colour to "
        f"{REACH:g} above, along one eigenvector of its pixels' covariance. PCA colour adds "
        r"$[e_1, e_2, e_3][\alpha_1\lambda_1, \alpha_2\lambda_2, \alpha_3\lambda_3]^T$ to every "
        rf"pixel, with $\alpha_i \sim N(0, {strength:g})$: one standard deviation of $\alpha_1$ "
        f"adds ({_triple(added, 2)}) of 255 to red, green and blue."
    )
    _show_imagenet()


def _show_imagenet() -> None:
    rows = [
        (f"e{number}", f"{value:.4f}", _triple(_towards_bright(np.array(EIGENVECTORS)[:, axis]), 3))
        for axis, (number, value) in enumerate(zip((1, 2, 3), EIGENVALUES, strict=True))
    ]
    table = pd.DataFrame(rows, columns=["ImageNet", "Eigenvalue", "Red, green, blue"])
    st.table(
        table.set_index("ImageNet"),
        border="horizontal",
        alt="ImageNet's eigenvalues and eigenvectors",
    )
    st.caption(
        "Krizhevsky et al. 2012, section 4.1, with a standard deviation of 0.1, over ImageNet's "
        "training pixels; the paper prints no numbers: these are fb.resnet.torch's. "
        "The sign of an eigenvector is free; here each brightens rather than darkens. Training "
        "here takes the principal colours of its own training images; above, they are the photo's."
    )


def _towards_bright(vector: np.ndarray) -> np.ndarray:
    return vector if vector.sum() >= 0 else -vector


def _triple(numbers: np.ndarray, decimals: int) -> str:
    words = ", ".join(f"{number + 0.0:.{decimals}f}" for number in numbers)
    return words.replace("-", "\N{MINUS SIGN}")


def _show_crops(photo: Photo) -> None:
    st.subheader("Ten crops at test")
    found = ten_crops(specify(CROPPED), photo.image)
    side, square = found.pictures.shape[1], len(found.square)
    st.html(gallery(found.pictures, found.names, 100, alt="Crop:", most=5))
    st.caption(
        f"Krizhevsky et al. 2012, section 4.1: {side} px from the four corners and the centre of "
        f"the central {square} px, and their mirror images; the answer is the mean of the ten "
        "softmaxes. What a network answers to each is on the page Grad-CAM."
    )
