"""The table of runs with their settings: which are drawn, and which are deleted."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from cnnviz.runs.run import Run
from cnnviz.runs.store import Store
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled
from cnnviz.ui.runs.buttons import change, may_change
from cnnviz.ui.runs.curves import MAX_OVERLAID
from cnnviz.ui.runs.readings import shared_runs
from cnnviz.ui.runs.words import (
    STATES,
    ago_text,
    data_title,
    evaluate_link,
    network_title,
    run_label,
    settings_text,
)
from cnnviz.ui.server.visitor import teacher_token, visitor

WHOSE = ("mine", "everybody's")
SHOWN = "shown_runs"


def choose_shown(most: int = MAX_OVERLAID) -> list[str]:
    """Draw the menu of the runs whose curves are shown, at most so many, and return their ids.

    The address says ``runs=first,second``. It is written here and not by the menu, which would
    write the labels.
    """
    if st.session_state.get("arrived") or SHOWN not in st.session_state:
        requested = address.requested(address.RUNS).split(",")
        st.session_state[SHOWN] = _known(requested) or _own()
    listed = shared_runs().readings.latest()
    chosen = _runs_of([*st.session_state[SHOWN], *(run.id for run in listed)])
    labels = {run.id: run_label(run) for run in chosen}
    known = [run_id for run_id in st.session_state[SHOWN] if run_id in labels]
    st.session_state[SHOWN] = known[:most]
    shown = st.multiselect(
        "Runs shown",
        list(labels),
        key=SHOWN,
        format_func=lambda run_id: labels.get(run_id, run_id),
        max_selections=most,
        placeholder="None yet",
        help="Their curves are overlaid. Copy the address to share them.",
    )
    address.write({address.RUNS: ",".join(shown)})
    return [run_id for run_id in shown if run_id in labels]


def _own() -> list[str]:
    """Without a link: what the visitor has at work, or else their youngest run."""
    own = [run for run in shared_runs().readings.latest() if run.owner == visitor()]
    at_work = [run.id for run in own if run.is_open] or [run.id for run in own[:1]]
    return at_work[:MAX_OVERLAID]


def _known(run_ids: Sequence[str]) -> list[str]:
    return [run.id for run in _runs_of(run_ids)][:MAX_OVERLAID]


def _runs_of(run_ids: Sequence[str]) -> list[Run]:
    """The runs of those ids that the store knows, each once."""
    readings = shared_runs().readings
    listed = {run.id: run for run in readings.latest()}
    runs = []
    for run_id in dict.fromkeys(run_ids):
        reading = None if run_id in listed or not run_id else readings.of(run_id)
        run = listed.get(run_id) or (reading.run if reading else None)
        runs += [run] if run else []
    return runs


def show_run(run_id: str) -> None:
    """Put a run before those that are shown; they stay if they learn from the same data."""
    runs = _runs_of([run_id, *(st.session_state.get(SHOWN) or ())])
    same_data = [run.id for run in runs if run.plan.data == runs[0].plan.data]
    st.session_state[SHOWN] = same_data[:MAX_OVERLAID]


def listed_runs() -> list[Run]:
    """Draw whose runs the table shows, and return them, youngest first."""
    whose = choose_labelled("Runs", WHOSE, address.WHOSE_RUNS)
    runs = shared_runs().readings.latest()
    return runs if whose != "mine" else [run for run in runs if run.owner == visitor()]


def show_table(runs: Sequence[Run]) -> None:
    """Draw the table; ticked rows are shown, and their owner may delete them."""
    if not runs:
        st.info("No runs yet. Press **Train**, or look at everybody's.", icon=":material/info:")
        return
    event = st.dataframe(
        run_rows(runs, visitor()),
        key=f"run_table_{'_'.join(run.id for run in runs)}",
        on_select="rerun",
        selection_mode="multi-row",
        hide_index=True,
        width="stretch",
        column_config={
            "Best test accuracy": st.column_config.NumberColumn(format="percent"),
            "Settings": st.column_config.TextColumn(width="large"),
            "Evaluate": st.column_config.LinkColumn(display_text="open"),
        },
    )
    ticked = [runs[row] for row in event.selection.rows if row < len(runs)]
    _show_actions(ticked)


def run_rows(runs: Sequence[Run], owner: str) -> pd.DataFrame:
    """A row a run: Run, Network, Data, Best test accuracy, Settings, Epochs, State, ..."""
    return pd.DataFrame(
        {
            "Run": [run.id[:5] for run in runs],
            "Network": [network_title(run) for run in runs],
            "Data": [data_title(run.plan) for run in runs],
            "Best test accuracy": [run.test_accuracy for run in runs],
            "Settings": [settings_text(run) for run in runs],
            "Epochs": [round(run.epoch, 2) for run in runs],
            "State": [STATES[run.state].title for run in runs],
            "Started": [ago_text(run.created) for run in runs],
            "Owner": ["you" if run.owner == owner else "someone else" for run in runs],
            "Evaluate": [evaluate_link(run) if run.test_accuracy else None for run in runs],
        }
    ).astype({"Best test accuracy": "float64"})


def _show_actions(ticked: Sequence[Run]) -> None:
    if not ticked:
        st.caption("Tick rows to overlay their curves, or to delete them.")
        return
    with st.container(horizontal=True):
        st.button(
            f"Show {_so_many(ticked)}",
            icon=":material/show_chart:",
            key="show_ticked",
            on_click=_show,
            args=([run.id for run in ticked],),
        )
        if all(may_change(run) for run in ticked):
            st.button(
                f"Delete {_so_many(ticked)}",
                icon=":material/delete:",
                key="delete_ticked",
                on_click=_delete,
                args=([run.id for run in ticked],),
                help="Deletes measurements and checkpoints permanently.",
            )


def _show(run_ids: list[str]) -> None:
    st.session_state[SHOWN] = run_ids[:MAX_OVERLAID]


def _delete(run_ids: list[str]) -> None:
    for run_id in run_ids:
        change(partial(Store.delete, run_id=run_id, by=visitor(), token=teacher_token()))
    shown = st.session_state.get(SHOWN) or ()
    st.session_state[SHOWN] = [run_id for run_id in shown if run_id not in run_ids]


def _so_many(runs: Sequence[Run]) -> str:
    return "this run" if len(runs) == 1 else f"these {len(runs)} runs"
