"""Batch normalisation and dropout: in training and at test, on written numbers."""

from __future__ import annotations

import pandas as pd
import streamlit as st
import torch

from cnnviz.figures.number_tiles import Tile, number_text, number_tiles
from cnnviz.figures.theme import CATEGORIES
from cnnviz.lab.normalisation import (
    EPSILON,
    Batch,
    BatchSettings,
    DropoutSettings,
    Dropped,
    dropped,
    mean_of_draws,
    normalised_batch,
    vector,
)
from cnnviz.ui.lab_controls import choose_settings, write_numbers

TRAINED = "2 4 4 4 5 5 7 9"
ASKED = "5 9 1"
READ = "1 2 3 4 5 6 7 8"
DRAWS = 1000
AWAY = "#8a8a8a"


def show_batch() -> None:
    """One feature over a batch, by the batch's own numbers or by running averages."""
    with st.sidebar:
        settings = choose_settings(BatchSettings, "batch", {})
        trained = write_numbers("The training batch", "batch_trained", TRAINED)
        asked = write_numbers("Numbers at test", "batch_asked", ASKED)
    try:
        seen = vector(trained, "The training batch")
        is_training = settings.mode == "training"
        x = seen if is_training else vector(asked, "Numbers at test")
        found = normalised_batch(x, settings, seen)
    except ValueError as error:
        st.error(str(error), icon=":material/calculate:")
        return
    st.latex(
        r"\hat{x} = \frac{x - \text{mean}}{\sqrt{\text{variance} + \epsilon}}, \qquad "
        r"y = \gamma\,\hat{x} + \beta"
    )
    _show_statistics(found, normalised_batch(seen, BatchSettings(), seen), is_training)
    _say_first(found, settings)
    st.table(_table(found), border="horizontal", alt="Batch normalisation number by number")
    st.caption(
        f"Ioffe and Szegedy 2015, Algorithm 1; ε = {EPSILON:.5f} as in torch. The running averages "
        "begin at 0 and 1, and each batch in training moves them by the momentum's share; torch "
        "divides the running variance by N - 1, the batch's own by N. One feature is one channel: "
        "in a convolutional network its batch is all pixels of all images."
    )


def _show_statistics(found: Batch, batch: Batch, is_training: bool) -> None:
    """Both kinds of mean and variance, those in use first."""
    own = {"Batch mean": batch.mean, "Batch variance": batch.variance}
    running = {"Running mean": found.running_mean, "Running variance": found.running_variance}
    rows = [(own, is_training), (running, not is_training)]
    with st.grid(4, min_column_width=150):
        for numbers, used in rows:
            for name, value in numbers.items():
                st.metric(
                    name,
                    number_text(value),
                    "in use" if used else "not in use",
                    delta_color="off",
                    delta_arrow="off",
                    border=True,
                )


def _say_first(found: Batch, s: BatchSettings) -> None:
    """The first number term by term."""
    is_training = s.mode == "training"
    mean = found.mean if is_training else found.running_mean
    variance = found.variance if is_training else found.running_variance
    x, between, y = (float(v[0]) for v in (found.read, found.normalised, found.output))
    whose = "the batch's own mean and variance" if is_training else "the running averages"
    st.markdown(
        f"By {whose}: ({number_text(x)} - {_signed(mean)}) / √({number_text(variance)} + "
        f"{EPSILON:.5f}) = **{number_text(between)}**, then {s.gamma:g} x {_signed(between)} + "
        f"{_signed(s.beta)} = **{number_text(y)}**."
    )


def _signed(value: float) -> str:
    return f"({number_text(value)})" if value < 0 else number_text(value)


def _table(found: Batch) -> pd.DataFrame:
    columns = (found.read, found.normalised, found.output)
    rows = [[number_text(float(value)) for value in row] for row in zip(*columns, strict=True)]
    table = pd.DataFrame(rows, columns=["x", "Normalised", "y"])
    return table.set_index(pd.Index(map(str, range(1, len(table) + 1)), name="Number"))


def show_dropout() -> None:
    """What dropout leaves of some numbers, in training and at test."""
    with st.sidebar:
        settings = choose_settings(DropoutSettings, "dropout", {})
        written = write_numbers("What the layer reads", "dropout_x", READ)
    try:
        found = dropped(vector(written, "What the layer reads"), settings)
    except ValueError as error:
        st.error(str(error), icon=":material/calculate:")
        return
    _say_dropped(found, settings)
    st.markdown("**In**")
    st.html(_tiles(found.read, found.kept, "In"))
    st.markdown(f"**Out**, kept numbers times {found.scale:.4g}")
    st.html(_tiles(found.output, found.kept, "Out"))
    if settings.training:
        st.markdown(f"**Mean of {DRAWS:,} draws**: near what went in")
        mean = mean_of_draws(found.read, settings, DRAWS)
        st.html(_tiles(mean, torch.ones_like(found.kept), f"Mean of {DRAWS} draws"))
    st.caption(
        "As in torch, the kept numbers are scaled up in training, so that nothing is left to do at "
        "test. Krizhevsky et al. 2012, section 4.2, dropped with probability 0.5 in their first "
        "two fully connected layers and halved all outputs at test: the same in the mean."
    )


def _say_dropped(found: Dropped, s: DropoutSettings) -> None:
    if not s.training:
        st.markdown("At test dropout does nothing: all numbers pass as they are.")
        return
    lost = int((~found.kept).sum())
    st.markdown(
        f"In training each number is dropped with probability {s.probability:g}: this draw drops "
        f"**{lost} of {len(found.kept)}**, and multiplies the others by 1 / (1 - "
        f"{s.probability:g}) = **{found.scale:.4g}**. Another seed drops others."
    )


def _tiles(values: torch.Tensor, kept: torch.Tensor, title: str) -> str:
    tiles = [
        Tile(
            value.reshape(1, 1).numpy(),
            "" if stays else "dropped",
            CATEGORIES[0] if stays else AWAY,
        )
        for value, stays in zip(values, kept.tolist(), strict=True)
    ]
    return number_tiles(tiles, title)
