"""Train: press a button, and watch loss and accuracy move."""

import streamlit as st

from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled
from cnnviz.ui.parts.page import open_page
from cnnviz.ui.runs.buttons import say_refusal
from cnnviz.ui.runs.curves import choose_curves
from cnnviz.ui.runs.live import show_runs
from cnnviz.ui.runs.table import choose_shown, listed_runs, show_table
from cnnviz.ui.server.visitor import ask_for_teacher
from cnnviz.ui.train.controls import TrainChoice, choose_training
from cnnviz.ui.train.cost import show_cost
from cnnviz.ui.train.data import show_data
from cnnviz.ui.train.start import chosen_data, offer_training

VIEWS = {"train": "Train", "data": "Data"}


def show_training(choice: TrainChoice | None) -> None:
    """Draw the start button with the cost, the chosen runs and the table of runs."""
    if choice:
        with st.container(border=True):
            offer_training(choice)
            show_cost(choice)
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
    """Draw the data and its augmentation."""
    data = chosen_data(choice) if choice else None
    if choice and data:
        show_data(data, choice.options)


open_page("Train")
with st.sidebar:
    choice = choose_training()
st.title("How does a network learn?")
view = choose_labelled("View", VIEWS, address.VIEW, help="Train, or inspect the data first.")
if view == "data":
    show_look(choice)
else:
    show_training(choice)
