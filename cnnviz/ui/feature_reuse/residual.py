"""How much each residual block adds to its input, and stochastic depth's survival."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from cnnviz.architectures import Network
from cnnviz.figures.training.curves import Axis
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_step
from cnnviz.ui.parts.drawing import show_lines
from cnnviz.ui.photo.chosen import say_origin
from cnnviz.ui.photo.controls import Photo, choose_photo
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.photo.weighted import WeightedNetwork
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.server.cached import inference_turn
from cnnviz.vision.gradients.residual_size import (
    ResidualSize,
    drawn_survivals,
    residual_sizes,
    survivals,
)
from cnnviz.vision.prediction import network_input

STEPS = (10, 30, 100, 300, 1000)
DEFAULT_STEPS = 100
RANDOM = "random weights (untrained)"


def show_residual(trained: WeightedNetwork) -> None:
    """Draw the size of F(x) relative to x by block, and the survival in stochastic depth.

    Raises:
        WeightsError: The weights cannot be used.
    """
    with st.sidebar:
        photo = choose_photo()
    say_origin(trained, "its blocks have learned nothing yet")
    st.subheader("How much does each block change its input?")
    if photo is None:
        st.info("Choose a sample photo, or upload your own, in the sidebar.")
    else:
        _show_sizes(Subject(trained.spec, trained.weights, photo))
    if survivals(trained.network):
        _show_survival(trained.network)


def _show_sizes(subject: Subject) -> None:
    st.markdown(
        "A residual block adds *F(x)* to its input *x*, the sum of all earlier blocks. Where F(x) "
        "is small relative to x, the block passes its input on nearly unchanged."
    )
    st.latex(r"y = F(x) + h(x), \qquad \frac{\lVert F(x) \rVert}{\lVert h(x) \rVert}")
    residuals = _sizes(subject)
    curves = {RANDOM if subject.is_random else "these weights": residuals}
    if not subject.is_random:
        curves[RANDOM] = _sizes(subject.untrained)
    _show_chart(
        {name: [each.ratio for each in sizes] for name, sizes in curves.items()},
        Axis("Size of F(x) relative to h(x)", from_zero=True),
        "ratio",
    )
    st.caption(_summary(residuals, subject.photo))
    with st.expander("The numbers"):
        st.dataframe(_table(residuals), hide_index=True, width="stretch")


def _summary(residuals: Sequence[ResidualSize], photo: Photo) -> str:
    identities = [each.ratio for each in residuals if each.is_identity and each.ratio is not None]
    others = len(residuals) - sum(each.is_identity for each in residuals)
    text = f"On the photo “{photo.title}”, as in a test. "
    if identities:
        text += (
            f"Where h(x) is x itself ({len(identities)} of {len(residuals)} blocks), the size of "
            f"F(x) is {min(identities):.0%} to {max(identities):.0%} of that of x, in the median "
            f"{np.median(identities):.0%}. "
        )
    if others:
        text += f"In {others} h(x) is a projection of x, or x padded with zeros. "
    return text + (
        "He et al. 2015 look at the same in section 4.2 and Figure 7: their deeper networks have "
        "smaller responses. With stochastic depth F(x) is weighted by its "
        "probability; gates and scales of shortcuts are left out."
    )


def _table(residuals: Sequence[ResidualSize]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "block": [each.block for each in residuals],
            "h(x) is": ["x" if each.is_identity else "projected or padded" for each in residuals],
            "F(x), root mean square": [round(each.residual, 4) for each in residuals],
            "h(x), root mean square": [round(each.shortcut, 4) for each in residuals],
            "F(x) / h(x)": [
                None if each.ratio is None else round(each.ratio, 4) for each in residuals
            ],
        }
    )


@results.remember
def _sizes(subject: Subject) -> Sequence[ResidualSize]:
    network = subject.network
    with st.spinner("Looking at the photo ..."), inference_turn:
        return residual_sizes(network, network_input(subject.spec, subject.photo.image))


def _show_survival(network: Network) -> None:
    st.subheader("Which blocks take part in a training step?")
    declared = list(survivals(network).values())
    steps = choose_step("Steps to draw", STEPS, address.DRAWN_STEPS, DEFAULT_STEPS)
    drawn = drawn_survivals(network, steps)
    count = drawn.sum(axis=1)
    left, right = st.columns(2)
    left.metric("Blocks in a step, expected", f"{sum(declared):.1f} of {len(declared)}")
    right.metric(
        f"Blocks in {steps:,} drawn steps",
        f"{count.mean():.1f} (from {count.min()} to {count.max()})",
    )
    _show_chart(
        {"declared, p_l": declared, f"share of {steps:,} steps": drawn.mean(axis=0).tolist()},
        Axis("Survival by block", ".0%", from_zero=True),
        "survival",
    )
    st.caption(
        "Huang, Sun, Liu, Sedra, Weinberger 2016, equations 2 and 4: each step draws for each "
        "block whether it takes part. Drawn here by the network's own rule, with seed 0. In a test "
        "all blocks take part."
    )


def _show_chart(curves: Mapping[str, Sequence[float | None]], axis: Axis, key: str) -> None:
    """Lines over the blocks, numbered from 1; what is None is left out."""
    lines = {}
    for name, values in curves.items():
        known = {n: value for n, value in enumerate(values, 1) if value is not None}
        lines[name] = ([*known], [*known.values()])
    show_lines(lines, axis, "Block", f"chart_{key}", f"{axis.title}, by block")
