"""A visitor's own experiment: chosen runs, their differences and curves, saved under a name."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from cnnviz.runs.groups import MAX_TITLE, OWN, Group, Member, save_group
from cnnviz.runs.run import Run
from cnnviz.ui.experiments.differences import differences, warnings
from cnnviz.ui.experiments.groups import group_label, groups_of, offer_deletion
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import addressed_menu, choose
from cnnviz.ui.parts.page import plain
from cnnviz.ui.runs.buttons import change, may_change, say_refusal
from cnnviz.ui.runs.curves import choose_curves
from cnnviz.ui.runs.live import show_runs
from cnnviz.ui.runs.readings import shared_runs
from cnnviz.ui.runs.table import choose_shown
from cnnviz.ui.runs.words import run_label
from cnnviz.ui.server.visitor import visitor

NEW = "new"
MAX_RUNS = 4


def show_own() -> None:
    """Draw the menu of saved experiments, or chosen runs, with differences and curves."""
    saved = {group.id: group for group in groups_of(OWN)}
    labels = {NEW: "Choose runs"} | {key: group_label(group) for key, group in saved.items()}
    with st.sidebar:
        chosen = addressed_menu(
            "Experiment", address.GROUP, labels, "A saved experiment, or runs of your choice."
        )
    address.write({address.GROUP: chosen})
    say_refusal()
    if chosen in saved:
        _show_saved(saved[chosen])
    else:
        _show_new()


def _show_saved(group: Group) -> None:
    st.subheader(plain(group.title))
    if may_change(group):
        offer_deletion(group, "Delete this experiment", "Its runs remain.")
    runs = _runs(group.run_ids)
    if len(runs) < len(group.members) or len(runs) < 2:
        st.warning("Some of its runs were deleted.", icon=":material/info:")
    _show(runs)


def _show_new() -> None:
    shown = choose_shown(MAX_RUNS)
    runs = _runs(shown)
    if len(runs) < 2:
        st.info(
            f"Choose two to {MAX_RUNS} runs above to see their differences and curves here and to "
            "save them under a name. Start runs on the page Train.",
            icon=":material/science:",
        )
        return
    _show(runs)
    _offer_saving(runs)


def _runs(run_ids: Sequence[str]) -> list[Run]:
    return [reading.run for reading in shared_runs().readings.of_each(run_ids)]


def _show(runs: Sequence[Run]) -> None:
    if len(runs) > 1:
        _show_differences(runs)
    across, more = choose_curves()
    show_runs([run.id for run in runs], across, more)


def _show_differences(runs: Sequence[Run]) -> None:
    settings = differences([run.plan for run in runs])
    sentences = warnings(settings)
    if sentences:
        st.warning("  \n".join(map(plain, sentences)), icon=":material/balance:")
    else:
        st.success(
            f"They differ in a single setting: {plain(settings[0].title.lower())}.",
            icon=":material/balance:",
        )
    if settings:
        rows = [[each.title, *each.values, each.help] for each in settings]
        columns = ["Setting", *map(run_label, runs), "Explanation"]
        st.table(pd.DataFrame(rows, columns=columns), hide_index=True)


def _offer_saving(runs: Sequence[Run]) -> None:
    with st.form("save_experiment", border=True):
        st.text_input(
            "Save as", max_chars=MAX_TITLE, placeholder="Wide vs deep", key="experiment_name"
        )
        st.form_submit_button("Save", icon=":material/save:", on_click=_save, args=(runs,))


def _save(runs: Sequence[Run]) -> None:
    title = st.session_state["experiment_name"]
    members = [Member(run.id, run_label(run), run.plan.options.seed) for run in runs]
    change(lambda store: choose(address.GROUP, save_group(store, title, members, visitor()).id))
