"""Train: press a button, and watch loss and accuracy move."""

import streamlit as st

from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import show_chosen_view
from cnnviz.ui.parts.page import open_page
from cnnviz.ui.runs.buttons import say_refusal
from cnnviz.ui.runs.curves import choose_curves
from cnnviz.ui.runs.data import cached_data, show_understood
from cnnviz.ui.runs.live import show_runs
from cnnviz.ui.runs.table import choose_shown, listed_runs, show_table
from cnnviz.ui.server.visitor import ask_for_teacher
from cnnviz.ui.train.controls import TrainChoice, choose_training
from cnnviz.ui.train.cost import offer_training
from cnnviz.ui.train.data import show_data


def show_training(choice: TrainChoice | None) -> None:
    """Draw the start button with the cost, the chosen runs and the table of runs."""
    if choice:
        offer_training(choice)
    say_refusal()
    which, how = st.columns(2, vertical_alignment="bottom")
    with which:
        shown = choose_shown()
    if shown:
        with how:
            across, more = choose_curves()
        show_runs(shown, across, more)
    else:
        st.info(
            "Choose a network and data in the sidebar and press **Train**: loss and accuracy "
            "appear here within seconds. The run continues when you close the page.",
            icon=":material/model_training:",
        )
    st.subheader("Runs")
    show_table(listed_runs())
    ask_for_teacher()


def show_look(choice: TrainChoice | None) -> None:
    """Draw the data, with the network's image side and channels, and its augmentation."""
    if choice:
        side, channels = choice.network.resolution, choice.network.spec.in_channels
        data = cached_data(choice.dataset, side, channels, choice.options.seed)
        show_understood(choice.dataset)
        if data:
            show_data(data, choice.options)


VIEWS = {"train": ("Train", show_training), "data": ("Data", show_look)}

open_page("Train")
with st.sidebar:
    choice = choose_training()
st.title("How does a network learn?")
show_chosen_view(VIEWS, address.VIEW, choice, help="Train, or inspect the data first.")
