"""Local response normalisation of numbers and of a photo's first maps."""

import numpy as np
import pandas as pd
import streamlit as st
import torch

from cnnviz.figures.images.number_tiles import number_text
from cnnviz.figures.theme import CATEGORIES
from cnnviz.lab.normalisation import Responses, ResponseSettings, local_responses, vector
from cnnviz.ui.lab.controls import choose_over, choose_settings, says_errors
from cnnviz.ui.lab.figures import show_maps, show_numbers
from cnnviz.ui.lab.network import FirstConvolution, show_on_photo
from cnnviz.ui.lab.number_cells import show_cells
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import write_text
from cnnviz.ui.parts.layout import in_columns
from cnnviz.vision.maps.statistics import rectified

FIRST = "0 10 100 20 0 0 5 50"
FORMULA = (
    r"b^i_{x,y} = a^i_{x,y} \Big/ \Big(k + \alpha \sum_{j=\max(0,\,i-n/2)}^{\min(N-1,\,i+n/2)} "
    r"(a^j_{x,y})^2\Big)^{\beta}"
)


def show_response() -> None:
    """Draw the formula with its values by channel, or maps before and after."""
    with st.sidebar:
        over = choose_over()
        settings = choose_settings(ResponseSettings, "response", {})
    st.latex(FORMULA)
    if over == "photo":
        show_on_photo(lambda first: _show_maps(first, settings))
    else:
        _show_numbers(settings)
    st.caption(
        "Krizhevsky et al. 2012, section 3.3, with n = 5, k = 2, α = 0.0001, β = 0.75, behind the "  # noqa: RUF001
        "ReLU of their first two layers. The sum runs from max(0, i - n/2) to min(N - 1, i + n/2), "
        "halves rounded down; max(0, N/2) and min(D - 1, k - N/2), as a slide has them, are "
        "misprints. torch.nn.LocalResponseNorm divides its alpha by n: give "
        f"it size={settings.neighbours}, alpha={settings.neighbours * settings.alpha:g}, "
        f"beta={settings.beta:g}, k={settings.constant:g} to have what is shown here."
    )


@says_errors
def _show_numbers(settings: ResponseSettings) -> None:
    with st.sidebar:
        written = write_text("a, one number a channel", address.RESPONSE_READ, FIRST)
    responses = local_responses(vector(written, "a"), settings)
    show_cells("response_a", "a, one number a channel, from channel 0", colour=CATEGORIES[0])
    _say_strongest(responses, settings)
    columns = {
        "a": responses.read,
        "Sum of squares": responses.sums,
        "Divisor": responses.divisors,
        "b": responses.output,
    }
    channels = range(len(responses.read))
    show_numbers(columns, "Channel", channels, "Local response normalisation by channel")
    _chart(responses, "one place")


def _say_strongest(responses: Responses, s: ResponseSettings) -> None:
    """The channel with the largest number, term by term."""
    i = int(responses.read.abs().argmax())
    low, high = max(0, i - s.neighbours // 2), min(len(responses.read) - 1, i + s.neighbours // 2)
    terms = " + ".join(f"{number_text(a)}²" for a in responses.read[low : high + 1].tolist())
    a, total = number_text(float(responses.read[i])), number_text(float(responses.sums[i]))
    st.markdown(
        f"Channel {i} sums over the channels {low} to {high}: {terms} = {total}.  \n"
        f"b = {a} / ({s.constant:g} + {s.alpha:g} x {total})^{s.beta:g} = {a} / "
        f"{float(responses.divisors[i]):.4g} = **{float(responses.output[i]):.4g}**"
    )


def _chart(responses: Responses, where: str) -> None:
    values = {"Before (a)": responses.read.numpy(), "After (b)": responses.output.numpy()}
    table = pd.DataFrame(values).assign(channel=[str(each) for each in range(len(responses.read))])
    st.bar_chart(
        table,
        x="channel",
        y=list(values),
        x_label="Channel",
        y_label="Activation",
        color=list(CATEGORIES[:2]),
        stack=False,
        sort=False,
        height=260,
        alt=f"Activations by channel before and after normalisation at {where}",
    )


def _show_maps(first: FirstConvolution, settings: ResponseSettings) -> None:
    maps = rectified(first.handed_on)
    responses = local_responses(torch.from_numpy(maps), settings)
    st.markdown(f"{first.says} Here a ReLU is taken, then local response normalisation.")
    in_columns(
        lambda: show_maps(maps, f"{len(maps)} maps after ReLU, before."),
        lambda: show_maps(responses.output.numpy(), "After local response normalisation."),
    )
    low, high = float(responses.divisors.min()), float(responses.divisors.max())
    st.markdown(
        f"The divisors are **{low:.4g} to {high:.4g}**: were they all the same, every map would "
        "only become paler. AlexNet reads pixels of 0 to 255 less their mean (section 2), the "
        "networks here what is divided by the standard deviation too: their activations are "
        "smaller, so that a larger α shows better how strong maps silence their neighbours."  # noqa: RUF001
    )
    row, column = np.unravel_index(int(np.square(maps).sum(0).argmax()), maps.shape[1:])
    where = f"the place with the largest activations, row {row}, column {column}"
    st.markdown(f"At {where}:")
    values = (responses.read, responses.sums, responses.divisors, responses.output)
    _chart(Responses(*(each[:, row, column] for each in values)), where)
