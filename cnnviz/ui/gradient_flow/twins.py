"""The gradient at initialisation, layer by layer: twins that differ in their connections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from cnnviz.figures.training.curves import Axis, Curve
from cnnviz.ui.gradient_flow.chart import colours_of, show_curves_over_layers, show_names
from cnnviz.ui.gradient_flow.controls import (
    choose_activation,
    choose_batch,
    choose_depth,
    choose_initialisation,
    choose_twins,
)
from cnnviz.ui.gradient_flow.results import Question, answers
from cnnviz.vision.gradients.flow import LayerGradient
from cnnviz.vision.gradients.twins import FACTOR, Twin, fate, twins
from cnnviz.weights.sources import sources

RMS = Axis("Gradient of each layer's weights, root mean square", ".0e", is_logarithmic=True)
RULE = (
    f"The rule: a gradient vanishes where the first layer has less than 1/{FACTOR:.0f} of the last "
    f"one's, and explodes where it has more than {FACTOR:.0f} times as much."
)


def show_twins() -> None:
    """The controls in the sidebar, the curves, and what they say."""
    with st.sidebar:
        depth, initialisation = choose_depth(), choose_initialisation()
        activation = choose_activation()
        pictures, seed = choose_batch()
    offered = twins(depth, initialisation, activation)
    chosen = choose_twins(offered)
    if not chosen:
        st.info("Choose one network or more.", icon=":material/network_node:")
        return
    st.warning(
        "Random weights: these networks are untrained. It is the gradient before the first step.",
        icon=":material/casino:",
    )
    questions = [_question(twin, pictures, seed) for twin in chosen]
    found = zip(chosen, answers(questions, "twins"), strict=True)
    known = {twin: layers for twin, layers in found if layers is not None}
    if known:
        _show(known, colours_of([twin.title for twin in offered]))
    say_batch(pictures, seed)


def say_batch(pictures: int, seed: int) -> None:
    """What the numbers were measured on."""
    st.caption(
        f"Measured here on one batch of {pictures} real handwritten digits (8 px, UCI; in "
        f"scikit-learn), enlarged to each network's input, seed {seed}. Batch normalisation takes "
        "the batch's own mean and variance, as in training; dropout is off."
    )


def _question(twin: Twin, pictures: int, seed: int) -> Question:
    *_, random_weights = sources(twin.spec.variant)
    return Question("gradients", twin.spec, random_weights, pictures, seed)


def _show(found: Mapping[Twin, Sequence[LayerGradient]], palette: Mapping[str, str]) -> None:
    curves = [
        Curve(twin.title, "gradient", [g.position for g in layers], [g.rms for g in layers])
        for twin, layers in found.items()
    ]
    names = {twin.title: [g.layer for g in layers] for twin, layers in found.items()}
    colours = {twin.title: palette[twin.title] for twin in found}
    show_names(colours)
    show_curves_over_layers(curves, colours, RMS, "twins_chart", names=names)
    said = (verdict(twin.title, layers[0].rms, layers[-1].rms) for twin, layers in found.items())
    st.markdown("\n".join(f"- {each}" for each in said))
    st.caption(RULE)
    st.markdown(
        "Compare 20, 56 and 110 layers: the plain network has batch normalisation, and with it the "
        "gradient *grows* on its way back, exponentially in the depth (Yang et al. 2019, A Mean "
        "Field Theory of Batch Normalization). He et al. 2015, section 4.1, say themselves that "
        "vanishing gradients are not why their plain networks train badly. What vanishes is the "
        "gradient of sigmoids without normalisation."
    )


def verdict(title: str, first: float, last: float) -> str:
    """What becomes of a network's gradient, in one sentence with its numbers.

    Args:
        title: Of the network.
        first: Root mean square of the first layer's gradient.
        last: Of the last layer's.
    """
    said = {
        "vanishes": "its gradient **vanishes**",
        "explodes": "its gradient **explodes**",
        "neither": "it neither vanishes nor explodes",
    }[fate(first, last)]
    numbers = f"{first:.3g} in the first layer, {last:.3g} in the last"
    if not first or not last:
        return f"**{title}**: {said} ({numbers})."
    return f"**{title}**: {said} ({numbers}: {_factor(first / last)})."


def _factor(ratio: float) -> str:
    if ratio >= 1:
        return f"{_three_digits(ratio)} times as much"
    return f"1/{_three_digits(1 / ratio)} of it" if ratio < 0.1 else f"{ratio:.2f} of it"


def _three_digits(number: float) -> str:
    return f"{number:.3g}" if number < 1000 else f"{float(f'{number:.3g}'):,.0f}"
