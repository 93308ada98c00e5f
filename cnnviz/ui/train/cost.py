"""The button that starts a run, and what it costs: parameters, and on request time and memory."""

from typing import Any

import streamlit as st

from cnnviz.analysis.layers import totals
from cnnviz.architectures import variant
from cnnviz.figures.theme import bytes_text, count_text
from cnnviz.training.options import TrainingOptions
from cnnviz.ui.runs.buttons import offer_start
from cnnviz.ui.runs.data import show_understood
from cnnviz.ui.runs.table import show_run
from cnnviz.ui.runs.words import duration_text
from cnnviz.ui.server.cached import cached_layer_table
from cnnviz.ui.server.visitor import visitor
from cnnviz.ui.train.controls import TrainChoice
from cnnviz.ui.work.process import command
from cnnviz.ui.work.view import Offer

ENDS = ("epochs", "seconds")


def offer_training(choice: TrainChoice) -> None:
    """Draw the choice, the button that starts it, and its cost."""
    title = variant(choice.network.spec.variant).title
    with st.container(border=True):
        offer_start(
            f"**{title}** on **{choice.dataset.title}**",
            "Train",
            "model_training",
            lambda store: show_run(store.create(choice.plan, visitor()).id),
        )
        show_understood(choice.dataset)
        show_cost(choice)


def show_cost(choice: TrainChoice) -> None:
    """Draw the counts and the measured cost, or the button that measures it."""
    _show_counts(choice)
    words = estimate_command(choice)
    Offer(
        "cost",
        words,
        command(words),
        "Estimate training time",
        lambda measured: _show_measured(choice, measured),
        help="Measures time and memory of three batches on this machine, in a separate process.",
    ).draw()


def estimate_command(choice: TrainChoice) -> tuple[str, ...]:
    """The command that measures the cost, independent of the budget."""
    default, options = TrainingOptions().to_text(), choice.options.to_text()
    changed = {k: v for k, v in options.items() if v != default[k] and k not in ENDS}
    words = ["train", str(choice.network), "--data", choice.dataset.name]
    words += ["--resolution", str(choice.network.resolution)]
    for name, value in changed.items():
        words += ["--option", f"{name}={value}"]
    return (*words, "--estimate", "--json")


def _show_counts(choice: TrainChoice) -> None:
    counted = totals(cached_layer_table(choice.network.spec, choice.network.resolution))
    with st.grid(5, min_column_width=140):
        st.metric("Parameters", count_text(counted.params), help=f"Exactly {counted.params:,}.")
        st.metric(
            "MACs per image",
            count_text(counted.macs),
            help="Multiply-accumulates of one forward pass; a training step takes about 3 times "
            "as many per image.",
        )


def _show_measured(choice: TrainChoice, measured: dict[str, Any]) -> None:
    epoch = measured["seconds_per_epoch"]
    whole = choice.options.seconds or epoch * choice.options.epochs
    with st.grid(5, min_column_width=140):
        st.metric(
            "Time per epoch",
            seconds_words(epoch),
            help=f"From three batches on {measured['device']}: "
            f"{count_text(measured['images_per_second'])} images per second, without tests.",
        )
        st.metric("Memory", bytes_text(measured["memory_bytes"]), help="Peak memory.")
        st.metric(
            "Whole run", _rough(whole), help="Estimate, if nobody else trains on this machine."
        )


def _rough(seconds: float) -> str:
    """An estimate that fits a phone: "80 s", "12 min", "2.5 h"."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def seconds_words(seconds: float) -> str:
    """A duration, with one decimal if it is short."""
    return f"{seconds:.1f} s" if seconds < 10 else duration_text(seconds)
