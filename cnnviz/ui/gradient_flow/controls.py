"""The widgets of the page of gradient flow; each returns a value of its options."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.architectures import specify, variant, variants
from cnnviz.architectures.blocks import ACTIVATIONS, INITIALISERS
from cnnviz.ui.parts.segments import choose_segment
from cnnviz.vision.gradients.twins import DEPTHS, Twin, twins

VIEWS = ("twins", "over a run", "the chain", "the identity path", "activations")
PICTURES = (4, 8, 16)
LAST_SEED = 99
INITIALISATIONS = ("paper", *INITIALISERS)


def choose_view() -> str:
    """The menu of views."""
    return choose_segment("View", VIEWS, VIEWS[0], "view")


def choose_depth() -> int:
    """The menu of depths."""
    return choose_segment(
        "Layers",
        DEPTHS,
        DEPTHS[0],
        "twin_layers",
        "Of the plain, residual and pre-activation networks; the dense one has as many or a few "
        "less, the fully connected one 9.",
    )


def choose_initialisation() -> str:
    """The menu of how weights are drawn."""
    chosen = st.selectbox(
        "Initialisation",
        INITIALISATIONS,
        key="drawn",
        bind="query-params",
        help="How weights are drawn: as each paper says, N(0, 0.01²), Glorot and Bengio's, or "
        "He's.",
    )
    return chosen if chosen in INITIALISATIONS else INITIALISATIONS[0]


def choose_activation() -> str:
    """The menu of the fully connected network's non-linearities."""
    return choose_segment(
        "Activation",
        tuple(ACTIVATIONS),
        "sigmoid",
        "activation",
        "Of the fully connected network; the other families have ReLU alone, as their papers do.",
    )


def choose_twins(found: Sequence[Twin]) -> list[Twin]:
    """The menu of which twins are drawn."""
    names = [twin.name for twin in found]
    chosen = st.pills(
        "Networks",
        names,
        selection_mode="multi",
        default=names,
        key="twins",
        bind="query-params",
    )
    return [twin for twin in found if twin.name in chosen]


def choose_network(depth: int) -> Twin:
    """The menus of one network: the twins, then every published variant; and its non-linearity.

    Args:
        depth: Of the twins.
    """
    offered = {twin.name: twin for twin in twins(depth, activation="relu")}
    names = [*reversed(offered), *variants()]
    chosen = st.selectbox(
        "Network",
        names,
        key="network",
        bind="query-params",
        help="The networks of the first view, then every published one.",
    )
    name = chosen if chosen in names else names[0]
    spec = offered[name].spec if name in offered else specify(name)
    title = offered[name].title if name in offered else variant(name).title
    declared = {h.name: h for h in spec.config.hyperparameters()}
    if "activation" not in declared:
        st.caption("This family leaves no choice of activation.")
        return Twin(name, title, spec)
    options = tuple(str(option) for option in declared["activation"].options)
    activation = choose_segment("Activation", options, spec.config.to_text()["activation"], "units")
    if name in offered:
        return next(twin for twin in twins(depth, activation=activation) if twin.name == name)
    return Twin(name, f"{title}, {activation}", specify(name, activation=activation))


def choose_batch() -> tuple[int, int]:
    """How many pictures, and the seed that decides them and random weights."""
    pictures = choose_segment(
        "Digits in the batch",
        PICTURES,
        PICTURES[-1],
        "pictures",
        "Real handwritten digits (8 px, scikit-learn's), enlarged to what the network reads.",
    )
    seed = st.number_input(
        "Seed",
        0,
        LAST_SEED,
        0,
        key="flow_seed",
        bind="query-params",
        help="Decides the random weights and which digits are taken.",
    )
    return pictures, seed if isinstance(seed, int) and 0 <= seed <= LAST_SEED else 0
