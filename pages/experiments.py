"""Experiments: what differs when one thing differs?"""

import streamlit as st

from cnnviz.training.experiments.recorded import recorded
from cnnviz.ui.experiments.controls import VIEWS, choose_experiment, choose_run_of, choose_view
from cnnviz.ui.experiments.curves import choose_charts
from cnnviz.ui.experiments.groups import (
    asked_group,
    choose_group,
    offer_start,
    say_unknown,
    show_group_buttons,
)
from cnnviz.ui.experiments.own import show_own
from cnnviz.ui.experiments.results import group_results, recorded_results
from cnnviz.ui.experiments.view import show_claim, show_group, show_results
from cnnviz.ui.page import open_page
from cnnviz.ui.runs.buttons import say_refusal
from cnnviz.ui.runs.readings import shared_runs
from cnnviz.ui.server.visitor import ask_for_teacher


def show_declared() -> None:
    """One of the papers' experiments: what it claims, the button, and what runs of it say."""
    asked = asked_group()
    with st.sidebar:
        experiment = choose_experiment(asked.experiment if asked else None)
        choice = choose_run_of(experiment)
    show_claim(experiment)
    if choice:
        with st.container(border=True):
            offer_start(choice)
    say_refusal()
    say_unknown()
    known = recorded(experiment.name)
    group = choose_group(experiment, known, choice.without if choice else "")
    if group is None and known is None:
        st.info(
            "Choose data and a budget in the sidebar and press **Start all**: the arms train one "
            "after another, and their curves are laid over each other here.",
            icon=":material/science:",
        )
        return
    if group is not None:
        show_group_buttons(group, group_results(group, shared_runs().readings))
        show_group(experiment, group, known, *choose_charts())
    elif known is not None:
        show_results(experiment, recorded_results(experiment, known), known, *choose_charts())


open_page("Experiments")
with st.sidebar:
    view = choose_view()
st.title("What changes when one thing changes?")
if view == VIEWS[0]:
    show_declared()
else:
    show_own()
ask_for_teacher()
