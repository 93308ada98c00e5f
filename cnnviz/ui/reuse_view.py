"""DenseNet's Figure 5 on screen, beside the same network before any training."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.architectures import Network
from cnnviz.figures.reuse_matrix import Panel, panels, reuse_drawing, reuse_file
from cnnviz.ui.cached import cached_network
from cnnviz.ui.drawing import show_drawing
from cnnviz.ui.run_weights import WeightedNetwork
from cnnviz.ui.subject_controls import say_origin
from cnnviz.vision.feature_reuse import (
    DEFINITIONS,
    feature_reuse,
    has_bottlenecks,
    has_dense_blocks,
    normalised,
)
from cnnviz.vision.weights import sources

# How the colours of a panel are scaled, and what the caption says of it.
SCALES = {
    "column": "Yellow is the largest value of each column, dark blue is 0.",
    "block": "Yellow is the largest value of each block, dark blue is 0.",
    "none": "Yellow is the largest value of the whole network, dark blue is 0.",
}


def choose_definition() -> str:
    """The menu of definitions; a key of ``DEFINITIONS``."""
    chosen = st.selectbox(
        "How much is read",
        list(DEFINITIONS),
        key="definition",
        bind="query-params",
        help="; ".join(f"{name}: {each.title}" for name, each in DEFINITIONS.items()),
    )
    return chosen if chosen in DEFINITIONS else next(iter(DEFINITIONS))


def choose_scale() -> str:
    """The menu of what the colours are scaled by; a key of ``SCALES``."""
    chosen = st.segmented_control(
        "Colours scaled by",
        list(SCALES),
        default="column",
        required=True,
        key="scale",
        bind="query-params",
    )
    return chosen if chosen in SCALES else "column"


def show_reuse(trained: WeightedNetwork, definition: str, scale: str) -> None:
    """The matrices of a network with dense blocks, or the sentence that says what to choose.

    Raises:
        WeightsError: The weights cannot be used.
    """
    network = cached_network(trained.spec, trained.weights)
    if not has_dense_blocks(network):
        st.info(
            "This network has no dense blocks: each of its layers reads the one before it. "
            "Choose **densenet** as the architecture in the sidebar.",
            icon=":material/hub:",
        )
        return
    is_random = trained.weights.kind == "random"
    say_origin(is_random, trained.about, "its layers prefer nothing yet")
    _say_what(network, definition, scale)
    if is_random:
        st.subheader("Random weights (untrained)")
        _show_panels(network, definition, scale, "trained")
        return
    here, beside = st.columns(2)
    with here:
        st.subheader("With these weights")
        _show_panels(network, definition, scale, "trained")
    with beside:
        st.subheader("Before training (random weights)")
        *_, chance = sources(trained.spec.variant)
        _show_panels(cached_network(trained.spec, chance), definition, scale, "untrained")


def _say_what(network: Network, definition: str, scale: str) -> None:
    st.markdown(
        "Row *s* is a source, column *l* a layer that reads it; the framed row is the block's "
        "input, the framed column what follows the block: a transition, or the classifier. A cell "
        "says how much of the weights of *l* goes to the feature maps of *s*."
    )
    st.latex(rf"\text{{{DEFINITIONS[definition].title}}} = {DEFINITIONS[definition].formula}")
    reader = "the 1x1 convolution of each layer" if has_bottlenecks(network) else "each 3x3"
    st.caption(
        f"$W_s$ are the weights of {reader} that read source s. {SCALES[scale]} Rest the pointer "
        "on a cell for its value. After Huang et al. 2017, section 5 and Figure 5, which shows "
        "L = 40, k = 12 after 300 epochs; batch normalisation in front of the weights is left "
        "out, as there."
    )


def _show_panels(network: Network, definition: str, scale: str, key: str) -> None:
    drawn = _panels(network, definition, scale)
    show_drawing(reuse_drawing(drawn), key=f"reuse_{key}")
    st.download_button(
        "SVG",
        reuse_file(drawn),
        f"{network.spec.variant}_reuse_{key}.svg",
        "image/svg+xml",
        key=f"download_{key}",
        icon=":material/download:",
    )


def _panels(network: Network, definition: str, scale: str) -> list[Panel]:
    found = feature_reuse(network, definition)
    largest = max(float(np.nanmax(each.matrix)) for each in found) if scale == "none" else 1.0
    colours = [normalised(each.matrix, scale) / largest for each in found]
    return panels([(each.sources, each.targets, each.matrix) for each in found], colours)
