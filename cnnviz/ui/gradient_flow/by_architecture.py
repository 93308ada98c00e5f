"""The gradient at initialisation by layer, for networks that differ in their connections."""

from collections.abc import Mapping, Sequence

import streamlit as st

from cnnviz.figures.training.curves import Axis, Curve
from cnnviz.ui.gradient_flow.chart import colours_of, show_curves_over_layers, show_names
from cnnviz.ui.gradient_flow.controls import (
    choose_activation,
    choose_batch,
    choose_depth,
    choose_initialisation,
    choose_networks,
)
from cnnviz.ui.gradient_flow.results import Question, answers
from cnnviz.vision.gradients.flow import LayerGradient
from cnnviz.vision.gradients.twins import FACTOR, Twin, fate, twins
from cnnviz.weights.sources import sources

RMS = Axis("Gradient of each layer's weights, root mean square", ".0e", is_logarithmic=True)
RULE = (
    f"Rule: the gradient vanishes if first/last < 1/{FACTOR:.0f}, and explodes if "
    f"first/last > {FACTOR:.0f}, where first and last are the values of the first and last layer."
)


def show_by_architecture() -> None:
    """Draw the controls, the curves and their summary."""
    with st.sidebar:
        depth, initialisation = choose_depth(), choose_initialisation()
        activation = choose_activation()
        images, seed = choose_batch()
    offered = twins(depth, initialisation, activation)
    chosen = choose_networks(offered)
    if not chosen:
        st.info("Choose at least one network.", icon=":material/network_node:")
        return
    st.warning(
        "Random weights: these networks are untrained. This is the gradient before the first step.",
        icon=":material/casino:",
    )
    questions = [_question(twin, images, seed) for twin in chosen]
    results = zip(chosen, answers(questions, "twins"), strict=True)
    known = {twin: layers for twin, layers in results if layers is not None}
    if known:
        _show(known, colours_of([twin.title for twin in offered]))
    say_batch(images, seed)


def say_batch(images: int, seed: int) -> None:
    """Draw a caption on the batch."""
    st.caption(
        f"Measured on one batch of {images} handwritten digits (8 px, UCI, from scikit-learn), "
        f"enlarged to each network's input size, seed {seed}. Batch normalisation uses the "
        "statistics of the batch, as in training; dropout is off."
    )


def _question(twin: Twin, images: int, seed: int) -> Question:
    *_, random_weights = sources(twin.spec.variant)
    return Question("gradients", twin.spec, random_weights, images, seed)


def _show(gradients: Mapping[Twin, Sequence[LayerGradient]], palette: Mapping[str, str]) -> None:
    curves = [
        Curve(twin.title, "gradient", [g.position for g in layers], [g.rms for g in layers])
        for twin, layers in gradients.items()
    ]
    names = {twin.title: [g.layer for g in layers] for twin, layers in gradients.items()}
    colours = {twin.title: palette[twin.title] for twin in gradients}
    show_names(colours)
    show_curves_over_layers(curves, colours, RMS, "twins_chart", names=names)
    sentences = (
        verdict(twin.title, layers[0].rms, layers[-1].rms) for twin, layers in gradients.items()
    )
    st.markdown("\n".join(f"- {each}" for each in sentences))
    st.caption(RULE)
    st.markdown(
        "Compare 20, 56 and 110 layers: with batch normalisation, the gradient of the plain "
        "network *grows* backwards, exponentially with depth (Yang et al. 2019, A Mean Field "
        "Theory of Batch Normalization). He et al. 2015, section 4.1, also state that vanishing "
        "gradients are not why their plain networks train poorly. Sigmoids without normalisation "
        "do vanish."
    )


def verdict(title: str, first: float, last: float) -> str:
    """Whether a network's gradient vanishes or explodes, in one sentence.

    Args:
        title: Title of the network.
        first: Root mean square of the first layer's gradient.
        last: Root mean square of the last layer's gradient.
    """
    fate_text = {
        "vanishes": "its gradient **vanishes**",
        "explodes": "its gradient **explodes**",
        "neither": "its gradient neither vanishes nor explodes",
    }[fate(first, last)]
    numbers = f"{first:.3g} in the first layer, {last:.3g} in the last"
    if not first or not last:
        return f"**{title}**: {fate_text} ({numbers})."
    return f"**{title}**: {fate_text} ({numbers}; first/last = {_factor(first / last)})."


def _factor(ratio: float) -> str:
    if ratio >= 1:
        return _three_digits(ratio)
    return f"1/{_three_digits(1 / ratio)}" if ratio < 0.1 else f"{ratio:.2f}"


def _three_digits(number: float) -> str:
    return f"{number:.3g}" if number < 1000 else f"{float(f'{number:.3g}'):,.0f}"
