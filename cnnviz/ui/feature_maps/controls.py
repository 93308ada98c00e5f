"""Widgets for the order, number and scale of the feature maps shown."""

from dataclasses import dataclass
from math import ceil

import streamlit as st

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound, choose_option
from cnnviz.vision.maps.statistics import ORDERS, SCALES

AT_ONCE = (16, 32, 64, 128, 256, 512)
VALUES = ("after ReLU", "raw")


@dataclass(frozen=True)
class MapsChoice:
    """How maps are shown.

    Attributes:
        order: One of ``ORDERS``.
        positions: Which maps of the order.
        scale: One of ``SCALES``.
        is_rectified: Whether values below 0 are shown as 0.
    """

    order: str
    positions: slice
    scale: str
    is_rectified: bool


def spatial_layers(graph: NetworkGraph) -> list[str]:
    """Layers and operations with feature maps that are used in inference."""
    used = [node for node in graph.layers if not node.training_only]
    return [
        each.name
        for each in used
        if len(each.output_shape) == 3 and each.output_shape[1:] != (1, 1)
    ]


def choose_maps(count: int) -> MapsChoice:
    """Draw the controls for a layer with ``count`` maps, and return the choice."""
    order, number, scale, values, page = st.columns([3, 2, 3, 3, 2])
    with order:
        ordered = choose_option(
            "Order", ORDERS, address.ORDER, help="By the mean of a map's values above 0."
        )
    with number:
        at_once = choose_option("Maps at a time", AT_ONCE, address.AT_ONCE, 64)
    with scale:
        scaled = choose_option(
            "Colour scale of",
            SCALES,
            address.SCALE,
            help="The value of the last colour: the largest of the map, of the layer, or of stem, "
            "stages and this layer together.",
        )
    with values:
        shown = choose_option(
            "Values", VALUES, address.VALUES, help="The layer's output, or its positive part."
        )
    with page:
        first = _choose_page(ceil(count / at_once)) * at_once
    return MapsChoice(ordered, slice(first, first + at_once), scaled, shown == VALUES[0])


def _choose_page(pages: int) -> int:
    """Menu of pages, counted from 0; none where there is a single page."""
    if pages == 1:
        return 0
    return choose_option(f"Page of {pages}", range(1, pages + 1), address.MAPS_PAGE) - 1


def choose_map(positions: list[int]) -> int:
    """Menu of the map that is shown large, by default the first."""
    if st.session_state.get(address.MAP) not in positions:
        by_text = {str(position): position for position in positions}
        requested = by_text.get(address.requested(address.MAP), positions[0])
        st.session_state[address.MAP] = requested
    return int(
        st.selectbox(
            "Map shown large",
            positions,
            **bound(address.MAP),
            help="Or click a map. Numbers are those of the channels, from 0.",
        )
    )
