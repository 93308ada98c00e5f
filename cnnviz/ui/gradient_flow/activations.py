"""What each layer puts out under each initialisation: mean, spread and zeros."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnnviz.figures.training.curves import Axis, Curve
from cnnviz.ui.gradient_flow.chart import colours_of, show_curves_over_layers, show_names
from cnnviz.ui.gradient_flow.controls import (
    INITIALISATIONS,
    choose_batch,
    choose_depth,
    choose_network,
)
from cnnviz.ui.gradient_flow.results import Question, answers
from cnnviz.ui.gradient_flow.twins import say_batch
from cnnviz.ui.photo.chosen import say_origin
from cnnviz.vision.gradients.flow import ActivationStatistics
from cnnviz.vision.gradients.twins import Twin
from cnnviz.weights.sources import sources

TITLES = {
    "paper": "as its paper says",
    "gaussian": "Gaussian, N(0, 0.01²)",
    "xavier": "Xavier (Glorot and Bengio 2010)",
    "he": "He (He et al. 2015)",
}
STATISTICS = {
    "std": Axis("Standard deviation of each layer's output", ".0e", is_logarithmic=True),
    "mean": Axis("Mean of each layer's output, without its sign", ".0e", is_logarithmic=True),
    "zeros": Axis("Share of outputs that are exactly 0", ".0%", from_zero=True),
}


def show_activations() -> None:
    """The controls in the sidebar, three charts and what they say."""
    with st.sidebar:
        depth = choose_depth()
        network = choose_network(depth)
        pictures, seed = choose_batch()
    st.subheader(network.title)
    say_origin(True, "", "and drawn anew in four ways")
    questions = [_question(network, how, pictures, seed) for how in INITIALISATIONS]
    found = zip(INITIALISATIONS, answers(questions, "drawn"), strict=True)
    known = {how: layers for how, layers in found if layers}
    if known:
        _show(known)
    say_batch(pictures, seed)


def _question(network: Twin, how: str, pictures: int, seed: int) -> Question:
    config = network.spec.config.with_values({"initialisation": how})
    *_, random_weights = sources(network.spec.variant)
    return Question(
        "activations", replace(network.spec, config=config), random_weights, pictures, seed
    )


def _show(found: dict[str, Sequence[ActivationStatistics]]) -> None:
    palette = colours_of(list(TITLES.values()))
    colours = {TITLES[how]: palette[TITLES[how]] for how in found}
    names = {TITLES[how]: [each.layer for each in layers] for how, layers in found.items()}
    show_names(colours)
    places = st.columns(2)
    for number, (name, axis) in enumerate(STATISTICS.items()):
        curves = [
            Curve(
                TITLES[how],
                "output",
                [each.position for each in layers],
                [abs(getattr(each, name)) for each in layers],
            )
            for how, layers in found.items()
        ]
        with places[number % 2]:
            show_curves_over_layers(curves, colours, axis, f"{name}_chart", names=names)
    with places[1]:
        said = (sentence(TITLES[how], layers) for how, layers in found.items())
        st.markdown("\n".join(f"- {each}" for each in said))
        st.caption(
            "Of all non-linearities' outputs (gates too), all pictures, maps and pixels together. "
            "Glorot and Bengio 2010, section 4, and He et al. 2015, section 2.2, ask that the "
            "spread stays the same from layer to layer; batch normalisation forces it to. "
            "With one seed, Gaussian, Xavier and He are the same random numbers at three scales, "
            "so that some of their lines coincide."
        )


def sentence(title: str, layers: Sequence[ActivationStatistics]) -> str:
    """How the spread changes from the first non-linearity to the last.

    Args:
        title: Of the initialisation.
        layers: At least one.
    """
    first, last = layers[0].std, layers[-1].std
    said = f"**{title}**: the standard deviation goes from {first:.2g} to {last:.2g}"
    return f"{said}; {100 * layers[-1].zeros:.0f} % of the last layer's outputs are 0."
