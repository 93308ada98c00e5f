"""Class activation maps on screen: predictions, overlays, and the method."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import streamlit as st
from PIL import Image

from cnnviz.analysis.timing import seconds_text
from cnnviz.figures import colour_maps
from cnnviz.figures.bars import answer_bars
from cnnviz.ui.parts.page import offer_file
from cnnviz.ui.photo.overlay import SIDE, enlarged, overlay
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.work.view import Offer
from cnnviz.ui.work.work import Work
from cnnviz.vision.cam.class_activation import class_maps
from cnnviz.vision.cam.heatmap import Heatmap
from cnnviz.vision.cam.methods import METHODS, Method
from cnnviz.vision.prediction import top

SCALE = (
    "The map is divided by its maximum and nothing is subtracted, so that dark is 0: nothing here "
    "supports the class (pytorch-grad-cam subtracts the minimum as well)."
)


@dataclass(frozen=True, eq=False)
class Explanation:
    """A class activation map as a visitor chose it.

    Attributes:
        subject: Photo, network and class.
        layer: Path of the target layer.
        name: A key of ``METHODS``.
        opacity: Of the map over the photo, in [0, 1].
    """

    subject: Subject
    layer: str
    name: str
    opacity: float

    @property
    def method(self) -> Method:
        """The method with its equation, paper and cost."""
        return METHODS[self.name]

    @property
    def heatmap(self) -> Heatmap:
        """The map by a method that is not slow."""
        return self.subject.maps((self.layer,), self.name).value[self.layer]

    def over_photo(self, values: np.ndarray) -> np.ndarray:
        """A map over the region that the network saw, uint8 (SIDE, SIDE, 3)."""
        return overlay(self.subject, values, self.opacity)

    def picture(self, values: np.ndarray) -> tuple[np.ndarray, str]:
        """A map as image, uint8 (SIDE, SIDE, 3), with a note for its caption.

        Maps by pixel are drawn alone, since they would hardly be visible over a photo.
        """
        if self.method.is_by_pixel:
            note = "brightened by its square root; "
            return colour_maps.coloured(enlarged(np.sqrt(values))), note
        return self.over_photo(values), ""

    def show(self, draw: Callable[[Heatmap, float], None]) -> None:
        """Have the map drawn with the seconds that it took beyond the forward pass.

        A slow method's map is a task: its button, its progress, then the map.
        """
        subject, layer, name = self.subject, self.layer, self.name
        if not self.method.is_slow:
            timed = subject.maps((layer,), name)
            draw(timed.value[layer], timed.seconds)
            return
        network, passed, class_index = subject.network, subject.passed, subject.class_index

        def compute(work: Work) -> tuple[Heatmap, float]:
            started = time.perf_counter()
            maps = class_maps(network, passed, class_index, [layer], name, work.tell)
            return maps[layer], time.perf_counter() - started

        Offer(
            f"{name}_{layer}",
            (name, layer, subject.key),
            compute,
            f"Compute {self.method.title}",
            lambda timed: draw(*timed),
            help="A forward pass for every map of the layer: seconds to minutes.",
        ).draw()

    def show_small(self) -> None:
        """Draw one image of the map with the time that it took."""
        self.show(self._draw_small)

    def _draw_small(self, heatmap: Heatmap, seconds: float) -> None:
        picture, note = self.picture(heatmap.values)
        caption = f"{note}{seconds_text(seconds)} beyond the forward pass{empty_text(heatmap)}"
        alt = f"{self.method.title} for {self.subject.label}"
        st.image(picture, caption, width="stretch", alt=alt)

    def show_large(self) -> None:
        """Draw photo, network input, heatmap and overlay, with a caption and a download."""
        self.show(self._draw_large)

    def _draw_large(self, heatmap: Heatmap, seconds: float) -> None:
        subject, side, values = self.subject, self.subject.side, heatmap.values
        over_photo = self.over_photo(values)
        pixelated = subject.seen.resize((SIDE, SIDE), Image.Resampling.NEAREST)
        pictures = {
            subject.photo.title: np.asarray(subject.photo.image),
            f"Network input ({side} x {side} px)": np.asarray(pixelated),
            "Heatmap: dark is 0, yellow its maximum": colour_maps.coloured(enlarged(values)),
            "Overlay": over_photo,
        }
        with st.grid(2, min_column_width=160):
            for caption, picture in pictures.items():
                st.image(picture, caption, width="stretch", alt=caption)
        st.caption(self._explained(heatmap, seconds))
        file = BytesIO()
        Image.fromarray(over_photo).save(file, "PNG")
        name = f"{self.name}-{subject.spec.variant}-{subject.class_index}.png"
        offer_file("Overlay as PNG", file.getvalue(), name)

    def _explained(self, heatmap: Heatmap, seconds: float) -> str:
        subject, place = self.subject, f" at {self.layer}" if self.method.reads_layer else ""
        return (
            f"{self.method.title}{place}: the region that supports class {subject.class_index}, "
            f"probability {subject.probability:.1%}. {SCALE} {seconds_text(subject.pass_seconds)} "
            f"for the forward pass, {seconds_text(seconds)} for the map{empty_text(heatmap)}."
        )

    def show_method(self) -> None:
        """Draw the method's equation, paper and cost."""
        st.markdown(self.method.equation)
        st.caption(f"{self.method.paper} Cost: {self.method.cost}.")


def empty_text(heatmap: Heatmap) -> str:
    """Why a map shows no region and what to do, to end a sentence; empty where it shows one."""
    if heatmap.has_region:
        return ""
    return f"; **no region**: {heatmap.why_empty}, so try another class, layer or method"


def show_answers(subject: Subject, probabilities: np.ndarray | None = None) -> None:
    """Draw the five most probable classes as bars, of the photo or of other probabilities."""
    best = top(subject.probabilities if probabilities is None else probabilities, subject.labels)
    st.html(answer_bars([a.label for a in best], [a.probability for a in best]))
