"""The gradient at initialisation by layer, for networks that differ in their connections."""

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from cnnviz.architectures.blocks import ACTIVATIONS
from cnnviz.figures.legend import legend
from cnnviz.figures.training.curves import Axis, Curve
from cnnviz.ui.gradient_flow.chart import colours_of, show_curves_over_layers
from cnnviz.ui.gradient_flow.controls import (
    INITIALISATIONS,
    choose_batch,
    choose_depth,
    choose_networks,
)
from cnnviz.ui.gradient_flow.results import Batch, Question, answers
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_option, choose_segment
from cnnviz.vision.gradients.flow import LayerGradient
from cnnviz.vision.gradients.twins import FACTOR, Twin, fate, twins

RMS = Axis("Gradient of each layer's weights, root mean square", ".0e", is_logarithmic=True)
RULE = (
    f"Rule: the gradient vanishes if first/last < 1/{FACTOR:.0f}, and explodes if "
    f"first/last > {FACTOR:.0f}, where first and last are the values of the first and last layer."
)


def show_by_architecture() -> None:
    """Draw the controls, the curves and their summary."""
    with st.sidebar:
        depth = choose_depth()
        initialisation = choose_option(
            "Initialisation",
            INITIALISATIONS,
            address.INITIALISATION,
            help="Weight initialisation: the paper's, N(0, 0.01²), Glorot and Bengio's, or He's.",
        )
        activation = choose_segment(
            "Activation",
            tuple(ACTIVATIONS),
            address.ACTIVATION,
            "sigmoid",
            "Of the fully connected network; the other families use only ReLU, as in their papers.",
        )
        batch = choose_batch()
    offered = twins(depth, initialisation, activation)
    chosen = choose_networks(offered)
    if not chosen:
        st.info("Choose at least one network.", icon=":material/network_node:")
        return
    st.warning(
        "Random weights: these networks are untrained. This is the gradient before the first step.",
        icon=":material/casino:",
    )
    questions = {twin: Question.untrained("gradients", twin.spec, batch) for twin in chosen}
    known = answers(questions, "twins")
    if known:
        _show(known, colours_of([twin.title for twin in offered]))
    say_batch(batch)


def say_batch(batch: Batch) -> None:
    """Draw a caption on the batch."""
    st.caption(
        f"Measured on one batch of {batch.images} handwritten digits (8 px, UCI, from "
        f"scikit-learn), enlarged to each network's input size, seed {batch.seed}. Batch "
        "normalisation uses the statistics of the batch, as in training; dropout is off."
    )


def say_all(sentences: Iterable[str]) -> None:
    """Draw sentences as a list."""
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))


def say_verdicts(ends: Mapping[str, tuple[float, float]]) -> None:
    """Draw verdicts on the first and last layer's gradient by title, and their rule."""
    say_all(verdict(title, first, last) for title, (first, last) in ends.items())
    st.caption(RULE)


def _show(gradients: Mapping[Twin, Sequence[LayerGradient]], palette: Mapping[str, str]) -> None:
    curves = [
        Curve(twin.title, "gradient", [g.position for g in layers], [g.rms for g in layers])
        for twin, layers in gradients.items()
    ]
    names = {twin.title: [g.layer for g in layers] for twin, layers in gradients.items()}
    colours = {twin.title: palette[twin.title] for twin in gradients}
    st.html(legend(colours))
    show_curves_over_layers(curves, colours, RMS, "twins_chart", names=names)
    say_verdicts({twin.title: (g[0].rms, g[-1].rms) for twin, g in gradients.items()})
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
