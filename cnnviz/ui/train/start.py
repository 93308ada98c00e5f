"""The button that starts a run, and the data of the choice."""

import streamlit as st

from cnnviz.architectures import variant
from cnnviz.training.datasets.base import Data
from cnnviz.ui.runs.buttons import change
from cnnviz.ui.runs.data import cached_data
from cnnviz.ui.runs.table import show_run
from cnnviz.ui.server.visitor import visitor
from cnnviz.ui.train.controls import TrainChoice


def offer_training(choice: TrainChoice) -> None:
    """Draw the choice and the button that starts it."""
    title = variant(choice.network.spec.variant).title
    words, button = st.columns([4, 1], vertical_alignment="center")
    words.markdown(f"**{title}** on **{choice.dataset.title}**")
    button.button(
        "Train",
        icon=":material/model_training:",
        type="primary",
        key="start_training",
        on_click=_start,
        args=(choice,),
        width="stretch",
    )


def _start(choice: TrainChoice) -> None:
    change(lambda store: show_run(store.create(choice.plan, visitor()).id))


def chosen_data(choice: TrainChoice) -> Data | None:
    """The data with the network's image side and channels; None (with a message) on failure."""
    side, channels = choice.network.resolution, choice.network.spec.in_channels
    return cached_data(choice.dataset, side, channels, choice.options.seed)
