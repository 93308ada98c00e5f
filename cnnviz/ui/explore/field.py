"""Receptive field of a unit on a photo, and on demand its effective receptive field."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnviz.analysis import counting
from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.limits import MAX_TO_RUN
from cnnviz.analysis.node import Node
from cnnviz.analysis.receptive_field import receptive_fields, unit_field
from cnnviz.architectures import NetworkSpec
from cnnviz.architectures.written import SizedNetwork
from cnnviz.figures.images.field import MAX_AROUND, WIDTH, field_drawing
from cnnviz.figures.theme import bytes_text
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_flag, choose_option
from cnnviz.ui.photo.controls import Photo, choose_photo
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.photo.weighted import WeightedNetwork
from cnnviz.ui.photo.weights import choose_weights_of
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.server.cached import Timed, timed_inference
from cnnviz.vision.capture import Place
from cnnviz.vision.maps.effective_field import Unit, effective_field, effective_side
from cnnviz.vision.prediction import network_input, seen_by
from cnnviz.weights.sources import WeightsSource
from cnnviz.weights.state_dict import WeightsError

WEIGHTS_WIDTH = 320  # px
UNITS = ("centre", "top left", "top right", "bottom left", "bottom right")


@dataclass(frozen=True)
class SeenField:
    """The receptive field of one unit.

    Attributes:
        node: Its layer.
        unit: Its row and column; None in a layer without feature maps.
        first: Row and column of the first pixel that it sees, perhaps outside of the image.
        last: Row and column of the last one.
        jump: Pixels between the fields of neighbouring units.
        resolution: Side of the image in pixels.
    """

    node: Node
    unit: Unit | None
    first: tuple[int, int]
    last: tuple[int, int]
    jump: float
    resolution: int

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels, with what lies outside of the image."""
        return self.last[0] - self.first[0] + 1, self.last[1] - self.first[1] + 1

    @property
    def outside(self) -> int:
        """How far it reaches beyond the image, in pixels."""
        return max(0, -min(self.first), max(self.last) + 1 - self.resolution)

    @property
    def centre(self) -> tuple[float, float]:
        """Row and column of its middle, where the first pixel's is 0.5."""
        return (self.first[0] + self.last[0] + 1) / 2, (self.first[1] + self.last[1] + 1) / 2


def show_field(network: SizedNetwork, graph: NetworkGraph, layer: str) -> None:
    """Draw a layer's receptive field on a photo that the visitor chooses, with its controls.

    Args:
        network: What is looked at, at which resolution.
        graph: Its graph at that resolution.
        layer: Name of one of the graph's nodes.

    Raises:
        KeyError: The graph has no such layer.
    """
    index = graph.position(layer)
    photo, place, weighted = _controls(network.spec, graph.nodes[index])
    if photo is None:
        st.info("Choose a photo, or upload your own, to see the receptive field on it.")
        return
    seen = seen_field(graph, index, place)
    spec = weighted.spec if weighted else network.spec
    crop = np.asarray(seen_by(spec, photo.image, network.resolution))
    text, values, side = seen_text(seen), None, 0
    title = f"{photo.title}. {text}"
    if weighted and (timed := _effective(Subject(spec, weighted.weights, photo), graph, seen)):
        values, side = timed.value, effective_side(timed.value, seen.centre)
        text = f"{text} {effective_text(timed.seconds, side, weighted.weights)}"
    picture = field_drawing(crop, seen.first, seen.last, values, side, title)
    st.image(picture, width=WIDTH, alt=title)
    st.caption(text)


def seen_field(graph: NetworkGraph, index: int, place: str) -> SeenField:
    """The field of the unit at one of the ``UNITS`` of a node's maps."""
    node = graph.nodes[index]
    unit = _unit(node, place)
    row, column = unit or (0, 0)
    top, bottom = unit_field(graph, index, row, "height")
    left, right = unit_field(graph, index, column, "width")
    jump, resolution = receptive_fields(graph)[index].jump, graph.input_shape[-1]
    return SeenField(node, unit, (top, left), (bottom, right), jump, resolution)


def seen_text(seen: SeenField) -> str:
    """Caption: size of the receptive field, and distance between neighbouring units."""
    photo = f"{seen.resolution} x {seen.resolution}"
    size = f"{seen.size[0]:,} x {seen.size[1]:,} px"
    if seen.size[0] != seen.size[1]:
        size += " (height x width)"
    whole = max(seen.first) <= 0 and min(seen.last) >= seen.resolution - 1
    hatched = "hatched" if seen.outside <= MAX_AROUND * seen.resolution else "hatched and cut off"
    if not seen.outside:
        text = f"the whole photo, {size}" if whole else f"{size} of {photo}"
    elif whole:
        text = f"{size}: the whole photo of {photo} px and padding around it ({hatched})"
    else:
        text = f"{size}: a part of the photo of {photo} px and padding ({hatched})"
    if _has_neighbours(seen.node):
        text = f"{text}; neighbouring units are {seen.jump:.4g} px apart"
    return f"One unit of {seen.node.name} sees {text}."


def effective_text(seconds: float, side: int, weights: WeightsSource) -> str:
    """Caption: extent of the gradient, weights, and time."""
    where = f"95 % of the gradient lies in the dashed {side} x {side} px."
    if not side:
        where = "No pixel of this photo moves it: its gradient is 0."
    named = "RANDOM weights: the network is untrained."
    if weights.kind != "random":
        named = f"Weights: {weights.title}."
    return (
        f"{where} Dark to yellow: the square root of the unit's gradient by the pixel, summed over "
        f"the layer's maps (Luo et al. 2016, section 2). {named} "
        f"Computed in {seconds * 1000:.0f} ms."
    )


def _controls(spec: NetworkSpec, node: Node) -> tuple[Photo | None, str, WeightedNetwork | None]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.popover("Photo", icon=":material/image:"):
            photo = choose_photo()
        place = choose_option(
            "Unit",
            UNITS,
            address.UNIT,
            disabled=not _has_neighbours(node),
            width=160,
            help="Which unit of the layer's feature maps; at a border it sees padding.",
        )
        by_gradients = choose_flag(
            "Effective field, by gradients",
            address.EFFECTIVE,
            "How much each pixel moves the unit: a pass through the network and back.",
        )
        with st.container(width=WEIGHTS_WIDTH):
            weighted = choose_weights_of(spec) if by_gradients else None
    return photo, place, weighted


def _effective(subject: Subject, graph: NetworkGraph, seen: SeenField) -> Timed[np.ndarray] | None:
    """The effective field, or None after saying why there is none."""
    memory = sum(counting.memory(node) for node in graph.layers)
    if seen.node.training_only:
        st.info("An auxiliary head does not run when the network is used: it has no gradient here.")
        return None
    if memory > MAX_TO_RUN:
        st.info(
            f"The gradient is not computed: parameters and outputs take {bytes_text(memory)}, and "
            f"{bytes_text(MAX_TO_RUN)} is the most for this; choose a lower resolution or a "
            "smaller network."
        )
        return None
    place = Place(*graph.read_at(graph.position(seen.node.name)))
    if seen.node.module is None and place.input_index is None:
        st.info(f"The gradient is that of {place.layer}, the block around this {seen.node.kind}.")
    try:
        return _timed_field(subject, place, seen.unit, seen.resolution)
    except (OverflowError, WeightsError) as error:
        st.warning(str(error), icon=":material/error:")
        return None


@results.remember
def _timed_field(
    subject: Subject, place: Place, unit: Unit | None, resolution: int
) -> Timed[np.ndarray]:
    """The effective field of a unit, float32 (H, W)."""
    network = subject.network
    image = network_input(subject.spec, subject.photo.image, resolution)
    return timed_inference(
        "Following the gradient back to the photo ...",
        lambda: effective_field(network, place.layer, image, unit, place.input_index),
    )


def _unit(node: Node, place: str) -> Unit | None:
    if len(node.output_shape) != 3:
        return None
    height, width = node.output_shape[1:]
    row = {"top": 0, "bottom": height - 1}.get(place.split()[0], height // 2)
    column = {"left": 0, "right": width - 1}.get(place.split()[-1], width // 2)
    return row, column


def _has_neighbours(node: Node) -> bool:
    return len(node.output_shape) == 3 and node.output_shape[1:] != (1, 1)
