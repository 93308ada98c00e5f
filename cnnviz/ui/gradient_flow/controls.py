"""Widgets of the page Gradient flow; each returns one of its options."""

from collections.abc import Sequence

import streamlit as st

from cnnviz.architectures import specify, variant, variants
from cnnviz.architectures.initialisation import INITIALISERS
from cnnviz.ui.gradient_flow.results import Batch
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound, choose_number, choose_option, choose_segment
from cnnviz.vision.gradients.twins import DEPTHS, Twin, twins

BATCH_SIZES = (4, 8, 16)
LAST_SEED = 99
INITIALISATIONS = ("paper", *INITIALISERS)


def choose_depth() -> int:
    """Draw the menu of depths."""
    return choose_segment(
        "Layers",
        DEPTHS,
        address.TWIN_LAYERS,
        help="Of the plain, residual and pre-activation networks; the dense one has as many or "
        "slightly fewer, the fully connected one 9.",
    )


def choose_networks(networks: Sequence[Twin]) -> list[Twin]:
    """Draw the menu of compared networks."""
    names = [twin.name for twin in networks]
    chosen = st.pills(
        "Networks", names, selection_mode="multi", default=names, **bound(address.TWINS)
    )
    return [twin for twin in networks if twin.name in chosen]


def choose_network(depth: int) -> Twin:
    """Draw the menus of a network (compared ones, then all variants) and its non-linearity.

    Args:
        depth: Depth of the compared networks.
    """
    offered = {twin.name: twin for twin in twins(depth, activation="relu")}
    names = [*reversed(offered), *variants()]
    name = choose_option(
        "Network",
        names,
        address.NETWORK,
        help="The networks of the first view, then all published variants.",
    )
    spec = offered[name].spec if name in offered else specify(name)
    title = offered[name].title if name in offered else variant(name).title
    declared = {h.name: h for h in spec.config.hyperparameters()}
    if "activation" not in declared:
        st.caption("The activation of this family is fixed.")
        return Twin(name, title, spec)
    options = tuple(str(option) for option in declared["activation"].options)
    first = spec.config.to_text()["activation"]
    activation = choose_segment("Activation", options, address.UNITS, first)
    if name in offered:
        return next(twin for twin in twins(depth, activation=activation) if twin.name == name)
    return Twin(name, f"{title}, {activation}", specify(name, activation=activation))


def choose_batch() -> Batch:
    """Draw the menus of batch size and seed."""
    images = choose_segment(
        "Digits in the batch",
        BATCH_SIZES,
        address.IMAGES,
        BATCH_SIZES[-1],
        "Handwritten digits (8 px, from scikit-learn), enlarged to the network's input size.",
    )
    seed = choose_number(
        "Seed",
        0,
        LAST_SEED,
        address.FLOW_SEED,
        0,
        help="Determines the random weights and the selection of digits.",
    )
    return Batch(images, seed)
