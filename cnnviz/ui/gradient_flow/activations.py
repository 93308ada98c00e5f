"""Statistics of each layer's output under each initialisation: mean, spread and zeros."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnnviz.figures.legend import legend
from cnnviz.figures.training.curves import Axis, Curve
from cnnviz.ui.gradient_flow.by_architecture import say_all, say_batch
from cnnviz.ui.gradient_flow.chart import colours_of, show_curves_over_layers
from cnnviz.ui.gradient_flow.controls import (
    INITIALISATIONS,
    choose_batch,
    choose_depth,
    choose_network,
)
from cnnviz.ui.gradient_flow.results import Question, answers
from cnnviz.ui.photo.chosen import say_random
from cnnviz.vision.gradients.flow import ActivationStatistics

TITLES = {
    "paper": "Paper's initialisation",
    "gaussian": "Gaussian, N(0, 0.01²)",
    "gaussian-0.1": "Gaussian, N(0, 0.1²)",
    "xavier": "Xavier (Glorot and Bengio 2010)",
    "he": "He (He et al. 2015)",
}
STATISTICS = {
    "std": Axis("Standard deviation of each layer's output", ".0e", is_logarithmic=True),
    "mean": Axis("Absolute mean of each layer's output", ".0e", is_logarithmic=True),
    "zeros": Axis("Share of outputs that are exactly 0", ".0%", from_zero=True),
}


def show_activations() -> None:
    """Draw the controls, three charts and their summary."""
    with st.sidebar:
        depth = choose_depth()
        network = choose_network(depth)
        batch = choose_batch()
    st.subheader(network.title)
    say_random("and initialised in four ways")
    config = network.spec.config
    specs = {
        how: replace(network.spec, config=config.with_values({"initialisation": how}))
        for how in INITIALISATIONS
    }
    questions = {h: Question.untrained("activations", spec, batch) for h, spec in specs.items()}
    known = {how: layers for how, layers in answers(questions, "drawn").items() if layers}
    if known:
        _show(known)
    say_batch(batch)


def _show(statistics: dict[str, Sequence[ActivationStatistics]]) -> None:
    palette = colours_of(list(TITLES.values()))
    colours = {TITLES[how]: palette[TITLES[how]] for how in statistics}
    names = {TITLES[how]: [each.layer for each in layers] for how, layers in statistics.items()}
    st.html(legend(colours))
    places = st.columns(2)
    for number, (name, axis) in enumerate(STATISTICS.items()):
        curves = [
            Curve(
                TITLES[how],
                "output",
                [each.position for each in layers],
                [abs(getattr(each, name)) for each in layers],
            )
            for how, layers in statistics.items()
        ]
        with places[number % 2]:
            show_curves_over_layers(curves, colours, axis, f"{name}_chart", names=names)
    with places[1]:
        say_all(sentence(TITLES[how], layers) for how, layers in statistics.items())
        st.caption(
            "Over the outputs of all non-linearities (including gates), for all images, maps and "
            "pixels. Glorot and Bengio 2010, section 4, and He et al. 2015, section 2.2, aim for a "
            "constant spread across layers, which batch normalisation enforces. With one seed, "
            "Gaussian, Xavier and He are the same random numbers at three scales, so some lines "
            "coincide."
        )


def sentence(title: str, layers: Sequence[ActivationStatistics]) -> str:
    """The change of the spread from the first to the last non-linearity, in a sentence.

    Args:
        title: Title of the initialisation.
        layers: At least one layer.
    """
    first, last = layers[0].std, layers[-1].std
    said = f"**{title}**: the standard deviation changes from {first:.2g} to {last:.2g}"
    return f"{said}; {100 * layers[-1].zeros:.0f} % of the last layer's outputs are 0."
