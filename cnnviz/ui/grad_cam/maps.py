"""Class activation maps on screen: predictions, overlays, and the method."""

import time
from collections.abc import Callable
from io import BytesIO

import numpy as np
import streamlit as st
from PIL import Image

from cnnviz.figures import colour_maps
from cnnviz.figures.bars import answer_bars
from cnnviz.ui.parts.page import offer_file
from cnnviz.ui.photo.overlay import SIDE, enlarged, overlay, resized
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.work.view import Offer
from cnnviz.ui.work.work import Work
from cnnviz.vision.cam.class_activation import class_maps
from cnnviz.vision.cam.methods import METHODS
from cnnviz.vision.prediction import top


def show_answers(subject: Subject, probabilities: np.ndarray | None = None) -> None:
    """Draw the five most probable classes as bars, of the photo or of other probabilities."""
    best = top(subject.probabilities if probabilities is None else probabilities, subject.labels)
    st.html(answer_bars([a.label for a in best], [a.probability for a in best]))


def show_pictures(subject: Subject, values: np.ndarray, over_photo: np.ndarray) -> None:
    """Draw photo, network input, heatmap and overlay."""
    photo, side = subject.photo, subject.side
    pixelated = subject.seen.resize((SIDE, SIDE), Image.Resampling.NEAREST)
    pictures = {
        photo.title: np.asarray(photo.image),
        f"Network input ({side} x {side} px)": np.asarray(pixelated),
        "Heatmap: dark is 0, yellow is 1": colour_maps.coloured(enlarged(values)),
        "Overlay": over_photo,
    }
    with st.grid(2, min_column_width=160):
        for caption, picture in pictures.items():
            st.image(picture, caption, width="stretch", alt=caption)


def offer_download(picture: np.ndarray, file_name: str) -> None:
    """A button that saves a picture as PNG."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    offer_file("Overlay as PNG", file.getvalue(), file_name)


def show_map(
    subject: Subject, layer: str, method: str, show: Callable[[np.ndarray, float], None]
) -> None:
    """Have a map, float32 (H, W), drawn with the seconds that it took beyond the forward pass.

    A slow method's map is a task: its button, its progress, then the map.
    """
    if not METHODS[method].is_slow:
        timed = subject.maps((layer,), method)
        show(timed.value[layer], timed.seconds)
        return
    network, passed, class_index = subject.network, subject.passed, subject.class_index

    def compute(work: Work) -> tuple[np.ndarray, float]:
        started = time.perf_counter()
        maps = class_maps(network, passed, class_index, [layer], method, work.tell)
        return maps[layer], time.perf_counter() - started

    Offer(
        f"{method}_{layer}",
        (method, layer, subject.key),
        compute,
        f"Compute {METHODS[method].title}",
        lambda timed: show(*timed),
        help="A forward pass for every map of the layer: seconds to minutes.",
    ).draw()


def enlarged_signed(values: np.ndarray) -> np.ndarray:
    """A map in [-1, 1] in colours centred at 0, at the size of the pictures."""
    return colour_maps.signed(resized(values))


def picture_of(
    subject: Subject, method: str, values: np.ndarray, opacity: float
) -> tuple[np.ndarray, str]:
    """A method's map as image, uint8 (SIDE, SIDE, 3), with a note for its caption.

    Maps by pixel are drawn alone, since they would hardly be visible over a photo.
    """
    if METHODS[method].is_by_pixel:
        return colour_maps.coloured(enlarged(np.sqrt(values))), "brightened by its square root; "
    return overlay(subject, values, opacity), ""


def show_method(method: str) -> None:
    """Draw a method's equation, paper and cost."""
    about = METHODS[method]
    st.markdown(about.equation)
    st.caption(f"{about.paper} Cost: {about.cost}.")
