"""Experiments: what differs when one thing differs?"""

from functools import partial

import streamlit as st

from cnnviz.training.experiments.recorded import recorded
from cnnviz.ui.experiments.controls import VIEWS, choose_experiment, choose_run_of, choose_view
from cnnviz.ui.experiments.curves import choose_charts
from cnnviz.ui.experiments.groups import (
    choose_group,
    offer_experiment,
    requested_group,
    say_unknown,
    show_group_buttons,
)
from cnnviz.ui.experiments.own import show_own
from cnnviz.ui.experiments.results import group_results, recorded_results
from cnnviz.ui.experiments.view import show_claim, show_group, show_results
from cnnviz.ui.parts.page import open_page
from cnnviz.ui.runs.buttons import say_refusal
from cnnviz.ui.runs.readings import shared_runs
from cnnviz.ui.server.visitor import ask_for_teacher


def show_declared() -> None:
    """Draw one of the papers' experiments: claim, start button and results."""
    requested = requested_group()
    with st.sidebar:
        experiment = choose_experiment(requested.experiment if requested else None)
        choice = choose_run_of(experiment)
    head = st.container()
    say_unknown()
    known = recorded(experiment.name)
    # Before anything is shown: Back undoes a choice only once the address holds it.
    group = choose_group(experiment, known, choice.without if choice else "")
    with head:
        show_claim(experiment)
        if choice:
            with st.container(border=True):
                offer_experiment(choice)
        say_refusal()
    if group is None and known is None:
        st.info(
            "Choose data and a budget in the sidebar and press **Start all**: the networks "
            "train one after another, and their curves are overlaid here.",
            icon=":material/science:",
        )
        return
    if group is not None:
        show_group_buttons(group, group_results(group, shared_runs().readings))
    show = partial(show_results, experiment, known, *choose_charts())
    if group is not None:
        show_group(group, show)
    elif known is not None:
        show(recorded_results(experiment, known))


open_page("Experiments")
with st.sidebar:
    view = choose_view()
st.title("What changes when one thing changes?")
if view == next(iter(VIEWS)):
    show_declared()
else:
    show_own()
ask_for_teacher()
