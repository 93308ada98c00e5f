"""Groups of runs: the menu of groups and the buttons of their owners."""

from collections.abc import Callable

import streamlit as st

from cnnviz.runs import groups as run_groups
from cnnviz.runs.groups import Group
from cnnviz.runs.store import Store
from cnnviz.training.experiments.declaration import Experiment
from cnnviz.training.experiments.recorded import Recorded
from cnnviz.ui.experiments.controls import ExperimentChoice
from cnnviz.ui.experiments.results import Results, budget_of
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import addressed_menu, choose
from cnnviz.ui.parts.page import plain
from cnnviz.ui.runs.buttons import change
from cnnviz.ui.runs.readings import shared_runs
from cnnviz.ui.runs.words import ago_text
from cnnviz.ui.server.visitor import teacher_token, visitor

RECORDED = "recorded"
SHARE = "Copy the URL to share them."
NONE = ""


def requested_group() -> Group | None:
    """The group in the URL, if it exists."""
    requested = address.requested(address.GROUP)
    if requested in (NONE, RECORDED):
        return None
    try:
        return run_groups.group(shared_runs().store, requested)
    except KeyError:
        return None


def say_unknown() -> None:
    """Warn if the URL names a group that does not exist."""
    requested = address.requested(address.GROUP)
    if requested not in (NONE, RECORDED) and requested_group() is None:
        st.warning(
            f"There is no group of runs {plain(requested)}; it may have been deleted.",
            icon=":material/link_off:",
        )


def offer_start(choice: ExperimentChoice) -> None:
    """Draw the cost of the runs and the button that starts them."""
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
        made = run_groups.start_group(store, choice.experiment.name, title, planned, visitor())
        choose(address.GROUP, made.id)

    change(start)


def choose_group(experiment: Experiment, recorded: Recorded | None, without: str) -> Group | None:
    """Draw the menu of groups and write all choices to the URL.

    Args:
        experiment: The experiment.
        recorded: Its recorded results, if any.
        without: Numbers of the excluded arms, for the URL.

    Returns:
        The group; None if there is none or recorded results are chosen.
    """
    groups = groups_of(experiment.name)
    labels = {group.id: group_label(group) for group in groups}
    if recorded is not None:
        note = f"{recorded.data}, {recorded.trained}"
        labels[RECORDED] = f"Recorded results: {note}"
    chosen = addressed_menu("Runs shown", address.GROUP, labels, SHARE) if labels else NONE
    address.write(
        {
            address.EXPERIMENT: experiment.name,
            address.GROUP: chosen,
            address.WITHOUT: without,
        }
    )
    return next((group for group in groups if group.id == chosen), None)


def groups_of(experiment: str) -> list[Group]:
    """The groups of an experiment, own ones first, each newest first."""
    groups = run_groups.groups(shared_runs().store, experiment)
    requested = requested_group()
    if (
        requested
        and requested.experiment == experiment
        and requested.id not in {group.id for group in groups}
    ):
        groups.append(requested)
    own = visitor()
    return sorted(groups, key=lambda group: group.owner != own)


def group_label(group: Group) -> str:
    """Label of a group in a menu: "digits, 5 epochs, 2 seeds, 3 min ago, yours · k3f9"."""
    owner = "yours" if group.owner == visitor() else "another visitor's"
    return f"{group.title}, {ago_text(group.created)}, {owner} · {group.id[:4]}"


def show_group_buttons(group: Group, results: Results | None) -> None:
    """Draw the buttons for a group's owner or the teacher."""
    if group.owner != visitor() and teacher_token() is None:
        st.caption("Started by another visitor; only they or the teacher can stop or delete it.")
        return
    states = {run.run.state for run in results.runs if run.run} if results else set()
    with st.container(horizontal=True):
        if results and results.is_open:
            _button(group, "Stop all", ":material/stop:", run_groups.stop_group)
        elif states & set(run_groups.CUT_OFF):
            _button(group, "Resume all", ":material/replay:", run_groups.resume_group)
        st.button(
            "Delete all",
            icon=":material/delete:",
            key=f"delete_{group.id}",
            on_click=delete,
            args=(group,),
            help="Permanently delete the runs, their measurements and checkpoints.",
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
    """Delete a group and show another one."""

    def forget(store: Store) -> None:
        run_groups.delete_group(store, group.id, visitor(), teacher_token())
        choose(address.GROUP, NONE)

    change(forget)
