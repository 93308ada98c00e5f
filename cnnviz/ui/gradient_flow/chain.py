"""The slides' chain of neurons: the gradient as an interactive product of factors."""

from collections.abc import Sequence

import streamlit as st

from cnnviz.analysis.chain import (
    LARGEST,
    LONGEST,
    PRE_ACTIVATIONS,
    SLOPES,
    SYMBOLS,
    WEIGHTS,
    Link,
    chain,
    chain_text,
)
from cnnviz.figures.images.number_tiles import Factor, factor_strip
from cnnviz.figures.legend import legend
from cnnviz.figures.training.curves import Axis, Curve
from cnnviz.ui.gradient_flow.chart import colours_of, show_curves_over_layers
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_number, choose_segment, choose_step

# Label of a button: activation, then z and w of each neuron, the last neuron first.
PRESETS: dict[str, tuple[str, tuple[float, ...], tuple[float, ...]]] = {
    "The slide: 0.25 × 0.6 × 0.25 × 0.7": ("sigmoid", PRE_ACTIVATIONS, WEIGHTS),  # noqa: RUF001
    "Ten sigmoids at their steepest": ("sigmoid", (0.0,) * LONGEST, (1.0,) * LONGEST),
    "Ten tanh at z = 1": ("tanh", (1.0,) * LONGEST, (1.0,) * LONGEST),
    "Ten active ReLUs": ("relu", (1.0,) * LONGEST, (1.0,) * LONGEST),
    "Ten ReLUs, one inactive": ("relu", (1.0,) * 4 + (-1.0,) + (1.0,) * 5, (1.0,) * LONGEST),
}
PRODUCT = Axis("Remaining gradient, relative to the last layer", ".0e", is_logarithmic=True)
LIMIT = 100.0  # largest absolute value of a pre-activation or weight


def show_chain() -> None:
    """Draw presets, neurons, the product of factors and its change with depth."""
    st.markdown(
        r"A chain with one neuron per layer, $a = f(z)$, $z = w\,a_{\text{before}} + b$. By the "
        r"chain rule, each neuron multiplies the gradient on its way back by $f'(z)\,w$."
    )
    with st.container(horizontal=True):
        for name, preset in PRESETS.items():
            st.button(name, on_click=_take, args=preset)
    slopes = (
        f"The slope of a sigmoid is at most {LARGEST['sigmoid']:g}, of tanh and ReLU at most 1."
    )
    activation = choose_segment(
        "Activation", list(SLOPES), address.CHAIN_ACTIVATION, "sigmoid", slopes
    )
    links = chain(activation, *_choose_neurons())
    _show_product(activation, links)
    _show_lengths(activation, links)


def _take(activation: str, pre_activations: Sequence[float], weights: Sequence[float]) -> None:
    st.session_state[address.CHAIN_ACTIVATION] = activation
    st.session_state[address.NEURONS] = len(weights)
    for number, (z, w) in enumerate(zip(pre_activations, weights, strict=True), 1):
        st.session_state[address.NEURON.of("z", number)] = z
        st.session_state[address.NEURON.of("w", number)] = w


def _choose_neurons() -> tuple[list[float], list[float]]:
    """Draw the number of neurons, then z and w of each, the last neuron first."""
    count = choose_step("Layers", range(1, LONGEST + 1), address.NEURONS, 2)
    grid, zs, ws = st.grid(5, min_column_width=150, border=True), [], []
    for number in range(1, count + 1):
        with grid.cell():
            place = "Last layer" if number == 1 else f"{number - 1} before it"
            st.markdown(f"**{place}**")
            zs.append(_number("z", number, PRE_ACTIVATIONS, "Pre-activation of the neuron."))
            ws.append(_number("w", number, WEIGHTS, "Weight of its input."))
    return zs, ws


def _number(name: str, number: int, defaults: Sequence[float], help: str) -> float:
    default = defaults[(number - 1) % len(defaults)]
    key = address.NEURON.of(name, number)
    return choose_number(name, -LIMIT, LIMIT, key, default, 0.1, format="%g", help=help)


def _show_product(activation: str, links: Sequence[Link]) -> None:
    factors = []
    for link in links:
        name = f"{SYMBOLS[activation]}({link.pre_activation:g})"
        factors += [
            Factor(name, f"{link.slope:.4g}", is_slope=True),
            Factor("w", f"{link.weight:g}", is_slope=False),
        ]
    words = chain_text(links)
    st.html(factor_strip(factors, f"{links[-1].product:.4g}", words))
    st.markdown(f"#### {words}")


def _show_lengths(activation: str, links: Sequence[Link]) -> None:
    """Draw the product over depth, compared with the best case of each activation."""
    here = f"This chain ({activation})"
    best = f"{LARGEST['sigmoid']:g}ⁿ: sigmoids at their steepest, w = 1"
    one = "1ⁿ: tanh at 0, or active ReLU, w = 1"
    layers = list(range(LONGEST + 1))
    curves = [
        Curve(here, "size", layers[: len(links) + 1], [1.0, *(abs(k.product) for k in links)]),
        Curve(best, "size", layers, [LARGEST["sigmoid"] ** n for n in layers]),
        Curve(one, "size", layers, [1.0] * len(layers)),
    ]
    colours = colours_of([here, best, one])
    st.html(legend(colours))
    show_curves_over_layers(curves, colours, PRODUCT, "chain_chart", "Layers n, from the last")
    if any(link.product == 0 for link in links):
        st.caption("A logarithmic axis cannot show a product of 0, so the line ends before it.")
    ten = LARGEST["sigmoid"] ** LONGEST
    st.markdown(
        f"With $n$ sigmoids and weights of 1, at most $0.25^n$ of the gradient remains: after "
        f"{LONGEST} layers {ten:.2g}, about one part in {1 / ten:,.0f}. Larger weights would help, "
        "but they move $z$ away from 0, where the slope is even smaller: try $z = 4$."
    )
