"""DenseNet's Figure 5 on screen, beside random weights or epochs, and the paper's observations."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from cnnviz.analysis.reuse.matrices import (
    DEFINITIONS,
    BlockReuse,
    block_readers,
    feature_reuse,
    has_bottlenecks,
    largest,
    shares,
)
from cnnviz.analysis.reuse.observations import Observation, observations
from cnnviz.architectures import Network
from cnnviz.figures.reuse_matrix import Panel, panels, reuse_drawing, reuse_file
from cnnviz.ui.feature_reuse.cell import HOW, chosen_cell, open_cell, show_cell
from cnnviz.ui.feature_reuse.epochs import Epoch, recorded_epochs, show_epochs
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled, choose_option
from cnnviz.ui.parts.drawing import clickable, clicked, show_drawing
from cnnviz.ui.parts.page import offer_file
from cnnviz.ui.photo.chosen import say_origin
from cnnviz.ui.photo.weighted import WeightedNetwork
from cnnviz.ui.server.byte_cache import results
from cnnviz.weights.sources import sources

# How the colours of a panel are scaled, and what the caption says of it.
SCALES = {
    "column": "Yellow is the largest value of each column, dark blue is 0.",
    "block": "Yellow is the largest value of each block, dark blue is 0.",
    "none": "Yellow is the largest value of the whole network, dark blue is 0.",
}
# How a verdict on an observation of the paper is drawn: an icon in a colour.
SIGNS = {
    "true": (":material/check_circle:", "green"),
    "false": (":material/cancel:", "red"),
    "undecided": (":material/help:", "gray"),
}
EPOCHS, RANDOM = "epochs", "random weights"
WIDTH = 358  # px of a drawing
HEIGHT = 9000  # px: the matrices are never scrolled in a window


def show_dense(trained: WeightedNetwork) -> None:
    """Draw the matrices of a network with dense blocks, and the paper's observations.

    Raises:
        WeightsError: The weights cannot be used.
    """
    with st.sidebar:
        definition = choose_option(
            "Measure",
            list(DEFINITIONS),
            address.DEFINITION,
            help="; ".join(f"{name}: {each.title}" for name, each in DEFINITIONS.items()),
        )
        scale = choose_labelled("Colours scaled by", list(SCALES), address.REUSE_SCALE)
    say_origin(trained, "its layers prefer no source yet")
    _say_what(trained.network, definition, scale)
    _show_matrices(trained, definition, scale)
    show_observations(_observations(trained))


def _choose_beside() -> str:
    return choose_labelled(
        "Compare with",
        [EPOCHS, RANDOM],
        address.BESIDE,
        help="The epochs of its training run, or the same network with random weights.",
    )


def _show_matrices(trained: WeightedNetwork, definition: str, scale: str) -> None:
    """This network's panels, those beside them, and the open cell."""
    epochs = recorded_epochs(trained, definition)
    with st.sidebar:
        is_beside = bool(epochs) and _choose_beside() == EPOCHS
    own = _matrices(trained, definition)
    ends = largest([own, *(each.blocks for each in epochs if is_beside)], scale)
    drawn = _panels(own, ends)
    cell = chosen_cell(drawn)
    random_weights = None
    if not trained.is_random:
        untrained = _matrices(
            replace(trained, weights=sources(trained.spec.variant)[-1]), definition
        )
        random_weights = _panels(untrained, largest([untrained], scale))
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=WIDTH):
            _show_own(trained, drawn, cell.name if cell else "")
        if is_beside or random_weights is not None:
            with st.container(width=WIDTH, key="reuse_beside"):
                if is_beside:
                    _show_run(epochs, ends)
                elif random_weights is not None:
                    _show_random(trained, random_weights)
        with st.container(width=WIDTH):
            if cell:
                show_cell(cell, trained.network, definition, random_weights, epochs)
                return
            st.info("Click a cell to see the weights behind it.", icon=":material/touch_app:")
            if not epochs:
                st.caption(f"No epochs were recorded for these weights. {HOW}")


@results.remember
def _matrices(trained: WeightedNetwork, definition: str) -> tuple[BlockReuse, ...]:
    return feature_reuse(trained.network, definition)


def _show_own(trained: WeightedNetwork, drawn: Sequence[Panel], selected: str) -> None:
    st.subheader("Untrained" if trained.is_random else "These weights")
    clickable(
        reuse_drawing(drawn, selected),
        name=trained.spec.variant,
        selected=selected,
        height=HEIGHT,
        key="reuse_trained",
        on_click=lambda: open_cell(clicked("reuse_trained").get("select", "")),
    )
    offer_file("SVG", reuse_file(drawn), f"{trained.spec.variant}_reuse_trained.svg")


def _show_run(epochs: Sequence[Epoch], ends: Sequence[np.ndarray | np.floating]) -> None:
    st.subheader("During training")
    show_epochs(epochs, [_panels(each.blocks, ends) for each in epochs], open_cell)
    st.caption(
        f"Recorded {len(epochs)} times, to four digits; epoch 0 is before the first step. The "
        "colours mean the same at all epochs and with these weights."
    )


def _show_random(trained: WeightedNetwork, drawn: Sequence[Panel]) -> None:
    st.subheader("Random weights")
    st.caption("The same network before any training.")
    show_drawing(reuse_drawing(drawn), key="reuse_untrained")
    offer_file("SVG", reuse_file(drawn), f"{trained.spec.variant}_reuse_untrained.svg")


@results.remember
def _observations(trained: WeightedNetwork) -> Sequence[Observation]:
    return observations(list(block_readers(trained.network)))


def _say_what(network: Network, definition: str, scale: str) -> None:
    st.markdown(
        "Row *s* is a source, column *l* a layer that reads it; the framed row is the block's "
        "input, the framed column what follows the block: a transition, or the classifier. A cell "
        "shows how much of the weights of *l* goes to the feature maps of *s*."
    )
    title, _, whose = DEFINITIONS[definition].title.partition(" (")
    st.markdown(f"**{title.capitalize()}**{f' ({whose}' if whose else ''}:")
    st.latex(DEFINITIONS[definition].formula)
    reader = "the 1x1 convolution of each layer" if has_bottlenecks(network) else "each 3x3"
    st.caption(
        f"$W_s$ are the weights of {reader} that read source s. {SCALES[scale]} Rest the pointer "
        "on a cell for its value; with the keyboard, Tab leads to a block, the arrow keys from "
        "cell to cell, and Enter opens one. After Huang et al. 2017, section 5 and Figure 5, which "
        "shows L = 40, k = 12 after 300 epochs; batch normalisation in front of the weights is "
        "left out, as there."
    )


def _panels(blocks: Sequence[BlockReuse], ends: Sequence[np.ndarray | np.floating]) -> list[Panel]:
    return panels(
        [(each.sources, each.targets, each.matrix) for each in blocks], shares(blocks, ends)
    )


def show_observations(observations: Sequence[Observation]) -> None:
    """Draw each statement with its verdict, its number and the rule by which it is decided."""
    st.subheader("Do the paper's observations hold for this network?")
    with st.container(horizontal=True, gap="small"):
        for each in observations:
            with st.container(border=True, width=268):
                _show(each)
    st.caption(
        "The statements are those of Huang et al. 2017, section 5; the paper gives no numbers for "
        "them, so the limits are this program's. The measure is always the mean absolute weight. "
        "Random weights decide nothing: the chi-square value of the weights must be five "
        "standard deviations above its mean."
    )


def _show(observation: Observation) -> None:
    icon, colour = SIGNS[observation.verdict]
    st.markdown(f"{observation.claim} :{colour}-badge[{icon} {observation.verdict}]")
    number = "nothing to measure" if observation.number is None else f"{observation.number:.3g}"
    st.markdown(f"**{number}**: {observation.says}.")
    st.caption(f"{observation.why} {observation.rule}".strip())
