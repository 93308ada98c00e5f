"""Widgets of the page Gradient flow; each returns one of its options."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.architectures import specify, variant, variants
from cnnviz.architectures.blocks import ACTIVATIONS, INITIALISERS
from cnnviz.ui.parts.segments import choose_labelled, choose_segment
from cnnviz.vision.gradients.twins import DEPTHS, Twin, twins

VIEWS = {
    **{"twins": "By architecture", "over a run": "During training", "the chain": "Chain rule"},
    **{"the identity path": "Identity path", "activations": "Activations"},
}
BATCH_SIZES = (4, 8, 16)
LAST_SEED = 99
INITIALISATIONS = ("paper", *INITIALISERS)


def choose_view() -> str:
    """Draw the menu of views."""
    return choose_labelled("View", VIEWS)


def choose_depth() -> int:
    """Draw the menu of depths."""
    return choose_segment(
        "Layers",
        DEPTHS,
        DEPTHS[0],
        "twin_layers",
        "Of the plain, residual and pre-activation networks; the dense one has as many or slightly "
        "fewer, the fully connected one 9.",
    )


def choose_initialisation() -> str:
    """Draw the menu of initialisations."""
    chosen = st.selectbox(
        "Initialisation",
        INITIALISATIONS,
        key="drawn",
        bind="query-params",
        help="Weight initialisation: the paper's, N(0, 0.01²), Glorot and Bengio's, or He's.",
    )
    return chosen if chosen in INITIALISATIONS else INITIALISATIONS[0]


def choose_activation() -> str:
    """Draw the menu of the fully connected network's non-linearity."""
    return choose_segment(
        "Activation",
        tuple(ACTIVATIONS),
        "sigmoid",
        "activation",
        "Of the fully connected network; the other families use only ReLU, as in their papers.",
    )


def choose_networks(networks: Sequence[Twin]) -> list[Twin]:
    """Draw the menu of compared networks."""
    names = [twin.name for twin in networks]
    chosen = st.pills(
        "Networks",
        names,
        selection_mode="multi",
        default=names,
        key="twins",
        bind="query-params",
    )
    return [twin for twin in networks if twin.name in chosen]


def choose_network(depth: int) -> Twin:
    """Draw the menus of a network (compared ones, then all variants) and its non-linearity.

    Args:
        depth: Depth of the compared networks.
    """
    offered = {twin.name: twin for twin in twins(depth, activation="relu")}
    names = [*reversed(offered), *variants()]
    chosen = st.selectbox(
        "Network",
        names,
        key="network",
        bind="query-params",
        help="The networks of the first view, then all published variants.",
    )
    name = chosen if chosen in names else names[0]
    spec = offered[name].spec if name in offered else specify(name)
    title = offered[name].title if name in offered else variant(name).title
    declared = {h.name: h for h in spec.config.hyperparameters()}
    if "activation" not in declared:
        st.caption("The activation of this family is fixed.")
        return Twin(name, title, spec)
    options = tuple(str(option) for option in declared["activation"].options)
    activation = choose_segment("Activation", options, spec.config.to_text()["activation"], "units")
    if name in offered:
        return next(twin for twin in twins(depth, activation=activation) if twin.name == name)
    return Twin(name, f"{title}, {activation}", specify(name, activation=activation))


def choose_batch() -> tuple[int, int]:
    """Draw the menus of batch size and seed."""
    images = choose_segment(
        "Digits in the batch",
        BATCH_SIZES,
        BATCH_SIZES[-1],
        "pictures",
        "Handwritten digits (8 px, from scikit-learn), enlarged to the network's input size.",
    )
    seed = st.number_input(
        "Seed",
        0,
        LAST_SEED,
        0,
        key="flow_seed",
        bind="query-params",
        help="Determines the random weights and the selection of digits.",
    )
    return images, seed if isinstance(seed, int) and 0 <= seed <= LAST_SEED else 0
