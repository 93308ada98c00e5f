"""Grad-CAM on screen: answers, the photo under its map, the stages side by side."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np
import streamlit as st
from PIL import Image

from cnnviz.architectures import NetworkSpec
from cnnviz.figures import answers, heatmap
from cnnviz.ui.photo_controls import Photo
from cnnviz.vision.images import crop_for_network
from cnnviz.vision.prediction import in_its_colours, preprocessing, top

# Pictures are drawn larger than the network's input, so that a projector shows the photo sharp.
SIDE = 672


def show_answers(probabilities: np.ndarray, names: tuple[str, ...]) -> None:
    """The five most probable classes as bars."""
    best = top(probabilities, names)
    st.html(answers.bars([a.label for a in best], [a.probability for a in best]))


def overlay(spec: NetworkSpec, photo: Photo, values: np.ndarray, opacity: float) -> np.ndarray:
    """The map over the region that the network saw, uint8 (SIDE, SIDE, 3)."""
    return heatmap.overlay(_seen(spec, photo), _enlarged(values), opacity)


def show_pictures(spec: NetworkSpec, photo: Photo, values: np.ndarray, opacity: float) -> None:
    """Original, what the network saw, heatmap and overlay."""
    side = preprocessing(spec).crop
    pictures = {
        photo.title: np.asarray(photo.image),
        f"What the network saw ({side} x {side} px)": _pixelated(spec, photo),
        "Where it looked: dark is 0, yellow is 1": heatmap.coloured(_enlarged(values)),
        "Overlay": overlay(spec, photo, values, opacity),
    }
    with st.grid(2, min_column_width=160):
        for caption, picture in pictures.items():
            st.image(picture, caption, width="stretch", alt=caption)


def offer_download(picture: np.ndarray, file_name: str) -> None:
    """A button that saves a picture as PNG."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    st.download_button(
        "Overlay as PNG",
        file.getvalue(),
        file_name,
        "image/png",
        icon=":material/download:",
        on_click="ignore",
    )


def show_stages(
    spec: NetworkSpec, photo: Photo, maps: dict[str, np.ndarray], opacity: float
) -> None:
    """The overlay at every stage, from the first to the last."""
    with st.grid(len(maps), min_column_width=140):
        for layer, values in maps.items():
            caption = f"Stage {int(layer.rpartition('.')[2]) + 1}"
            picture = overlay(spec, photo, values, opacity)
            st.image(picture, caption, width="stretch", alt=f"Overlay of {caption}")


def _seen(spec: NetworkSpec, photo: Photo) -> np.ndarray:
    """The region that the network saw, uint8 (SIDE, SIDE, 3), sharper than it saw it."""
    small = preprocessing(spec)
    resize = round((small.resize or small.crop) * SIDE / small.crop)
    return np.asarray(crop_for_network(photo.image, replace(small, resize=resize, crop=SIDE)))


def _pixelated(spec: NetworkSpec, photo: Photo) -> np.ndarray:
    """Exactly the network's pixels, enlarged without smoothing."""
    small = crop_for_network(in_its_colours(spec, photo.image), preprocessing(spec))
    return np.asarray(small.resize((SIDE, SIDE), Image.Resampling.NEAREST))


def _enlarged(values: np.ndarray) -> np.ndarray:
    """A map at the size of the pictures, (SIDE, SIDE)."""
    image = Image.fromarray(values).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(image).clip(0, 1)
