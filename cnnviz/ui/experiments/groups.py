"""The groups of runs that were started or saved: which is shown, and the buttons of its owner."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz.runs import groups as kept
from cnnviz.runs.groups import Group
from cnnviz.runs.store import Store
from cnnviz.training.experiments.declaration import Experiment
from cnnviz.training.experiments.recorded import Recorded
from cnnviz.ui.experiments.controls import EXPERIMENT, WITHOUT, ExperimentChoice
from cnnviz.ui.experiments.results import Results, budget_of
from cnnviz.ui.parts.markdown import plain
from cnnviz.ui.parts.menu import addressed_menu, choose, write_address
from cnnviz.ui.runs.buttons import change
from cnnviz.ui.runs.readings import shared_runs
from cnnviz.ui.runs.words import ago_text
from cnnviz.ui.server.visitor import teacher_token, visitor

GROUP = "group"  # its name in links
RECORDED = "recorded"
SHARE = "Copy the address to show them to others."
NONE = ""


def asked_group() -> Group | None:
    """The group that the address names; None where it names none that is there."""
    asked = st.query_params.get(GROUP, "")
    if asked in (NONE, RECORDED):
        return None
    try:
        return kept.group(shared_runs().store, asked)
    except KeyError:
        return None


def say_unknown() -> None:
    """Say so where the address names a group that is not there."""
    asked = st.query_params.get(GROUP, "")
    if asked not in (NONE, RECORDED) and asked_group() is None:
        st.warning(
            f"There is no group of runs {plain(asked)}; it may have been deleted.",
            icon=":material/link_off:",
        )


def offer_start(choice: ExperimentChoice) -> None:
    """Draw what the runs will cost, and the button that starts all."""
    words, button = st.columns([4, 1], vertical_alignment="center")
    words.markdown(
        f"**{choice.experiment.title}** on **{plain(choice.data.title)}**: {choice.cost}"
    )
    button.button(
        "Start all",
        icon=":material/science:",
        type="primary",
        key="start_experiment",
        on_click=_start,
        args=(choice,),
        width="stretch",
    )


def _start(choice: ExperimentChoice) -> None:
    def start(store: Store) -> None:
        planned = choice.planned()
        seeds = f"{choice.seeds} seed{'s' if choice.seeds != 1 else ''}"
        title = f"{budget_of(planned[0][1])}, {seeds}"
        made = kept.start_group(store, choice.experiment.name, title, planned, visitor())
        choose(GROUP, made.id)

    change(start)


def choose_group(experiment: Experiment, recorded: Recorded | None, without: str) -> Group | None:
    """Draw the menu of the runs that are shown, and write all choices into the address.

    Args:
        experiment: Whose runs.
        recorded: Those that were recorded, if any were.
        without: The arms that are left out, as the address says it.

    Returns:
        The group; None where there is none or the recorded runs are chosen.
    """
    found = groups_of(experiment.name)
    labels = {group.id: group_label(group) for group in found}
    if recorded is not None:
        note = f"{recorded.data}, {recorded.trained}"
        labels[RECORDED] = f"recorded for this program: {note}"
    chosen = addressed_menu("Runs shown", GROUP, labels, SHARE) if labels else NONE
    write_address({EXPERIMENT: experiment.name, GROUP: chosen, WITHOUT: without})
    return next((group for group in found if group.id == chosen), None)


def groups_of(experiment: str) -> list[Group]:
    """The groups of an experiment: the asked one or own ones first, then others, youngest first."""
    found = kept.groups(shared_runs().store, experiment)
    asked = asked_group()
    if asked and asked.experiment == experiment and asked.id not in {group.id for group in found}:
        found.append(asked)
    own = visitor()
    return sorted(found, key=lambda group: group.owner != own)


def group_label(group: Group) -> str:
    """A group in a menu: "digits, 5 epochs, 2 seeds, 3 min ago, yours · k3f9"."""
    whose = "yours" if group.owner == visitor() else "another visitor's"
    return f"{group.title}, {ago_text(group.created)}, {whose} · {group.id[:4]}"


def show_group_buttons(group: Group, results: Results | None) -> None:
    """Draw what its owner, or the teacher, may do with all runs of a group."""
    if group.owner != visitor() and teacher_token() is None:
        st.caption("Started by another visitor; only they or the teacher can stop or delete it.")
        return
    states = {run.run.state for run in results.runs if run.run} if results else set()
    with st.container(horizontal=True):
        if results and results.is_open:
            _button(group, "Stop all", ":material/stop:", kept.stop_group)
        elif states & set(kept.CUT_OFF):
            _button(group, "Resume all", ":material/replay:", kept.resume_group)
        st.button(
            "Delete all",
            icon=":material/delete:",
            key=f"delete_{group.id}",
            on_click=delete,
            args=(group,),
            help="The runs with their measurements and checkpoints, for good.",
        )


def _button(group: Group, label: str, icon: str, act: Callable[..., None]) -> None:
    st.button(
        label,
        icon=icon,
        key=f"{label.split()[0].lower()}_{group.id}",
        on_click=change,
        args=(lambda store: act(store, group.id, visitor(), teacher_token()),),
    )


def delete(group: Group) -> None:
    """Delete a group as its owner, and show another."""

    def forget(store: Store) -> None:
        kept.delete_group(store, group.id, visitor(), teacher_token())
        choose(GROUP, NONE)

    change(forget)
