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
from cnnviz.ui.runs.buttons import change_button, may_change, offer_start
from cnnviz.ui.runs.data import show_understood
from cnnviz.ui.runs.readings import shared_runs
from cnnviz.ui.runs.words import ago_text, counted, images_text
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


def offer_experiment(choice: ExperimentChoice) -> None:
    """Draw the cost of the runs and the button that starts them."""

    def start(store: Store) -> None:
        planned = choice.planned()
        title = f"{budget_of(planned[0][1])}, {counted(choice.seeds, 'seed')}"
        made = run_groups.start_group(store, choice.experiment.name, title, planned, visitor())
        choose(address.GROUP, made.id)

    words = f"**{choice.experiment.title}** on **{plain(choice.data.title)}**: {choice.cost}"
    offer_start(words, "Start all", "science", start)
    show_understood(choice.data)


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
        images = images_text(recorded.train_images)
        labels[RECORDED] = f"Recorded results: {recorded.data}, {images}{recorded.trained}"
    chosen = addressed_menu("Runs shown", address.GROUP, labels, SHARE) if labels else NONE
    choices = {address.EXPERIMENT: experiment.name, address.WITHOUT: without}
    address.write({**choices, address.GROUP: chosen})
    return next((group for group in groups if group.id == chosen), None)


def groups_of(experiment: str) -> list[Group]:
    """The groups of an experiment, own ones first, each newest first."""
    groups = {group.id: group for group in run_groups.groups(shared_runs().store, experiment)}
    requested, own = requested_group(), visitor()
    if requested and requested.experiment == experiment:
        groups.setdefault(requested.id, requested)
    return sorted(groups.values(), key=lambda group: group.owner != own)


def group_label(group: Group) -> str:
    """Label of a group in a menu: "digits, 5 epochs, 2 seeds, 3 min ago, yours · k3f9"."""
    owner = "yours" if group.owner == visitor() else "another visitor's"
    return f"{group.title}, {ago_text(group.created)}, {owner} · {group.id[:4]}"


def show_group_buttons(group: Group, results: Results | None) -> None:
    """Draw the buttons for a group's owner or the teacher."""
    if not may_change(group):
        st.caption("Started by another visitor; only they or the teacher can stop or delete it.")
        return
    states = {run.run.state for run in results.runs if run.run} if results else set()
    with st.container(horizontal=True):
        if results and results.is_open:
            _button(group, "Stop all", "stop", run_groups.stop_group)
        elif states & set(run_groups.CUT_OFF):
            _button(group, "Resume all", "replay", run_groups.resume_group)
        warning = "Permanently delete the runs, their measurements and checkpoints."
        offer_deletion(group, "Delete all", warning)


def _button(group: Group, label: str, icon: str, act: Callable[..., None]) -> None:
    change_button(
        label,
        icon,
        f"{label.split()[0].lower()}_{group.id}",
        lambda store: act(store, group.id, visitor(), teacher_token()),
    )


def offer_deletion(group: Group, label: str, help: str) -> None:
    """Draw the button that deletes a group and shows another one."""

    def delete(store: Store) -> None:
        run_groups.delete_group(store, group.id, visitor(), teacher_token())
        choose(address.GROUP, NONE)

    change_button(label, "delete", f"delete_{group.id}", delete, help=help)
