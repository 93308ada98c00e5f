"""The buttons of a run: pause, stop, resume, and another learning rate while it runs."""

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from cnnviz.runs.folder import RunError
from cnnviz.runs.run import BEGUN, RESUMABLE, Run
from cnnviz.runs.store import Store
from cnnviz.ui.runs.readings import shared_runs
from cnnviz.ui.runs.words import run_label
from cnnviz.ui.server.visitor import teacher_token, visitor

SCALES = ((0.1, "÷ 10"), (0.5, "÷ 2"), (2.0, "× 2"))  # noqa: RUF001

Wish = Literal["stop", "pause", "resume"]


def show_controls(runs: Sequence[Run]) -> None:
    """Draw a row of buttons for each run that the visitor may change and that can be changed."""
    changeable = [run for run in runs if run.state != "finished" and may_change(run)]
    for run in changeable:
        with st.container(horizontal=True, vertical_alignment="center"):
            if len(changeable) > 1:
                st.caption(run_label(run), width="content")
            _show_buttons(run)


def may_change(run: Run) -> bool:
    """Whether the visitor is the run's owner or signed in as teacher."""
    return run.owner == visitor() or teacher_token() is not None


def _show_buttons(run: Run) -> None:
    if run.is_open:  # first: a click must not find Pause where Stop was a moment ago
        _button(run, "Stop", "stop", ":material/stop:")
    if run.state == "running":
        _button(run, "Pause", "pause", ":material/pause:")
    if run.state == "paused":
        _button(run, "Continue", "resume", ":material/play_arrow:")
    if run.state in RESUMABLE:
        _resume_button(run)
    if run.state in BEGUN:
        _show_scales(run)


def _button(run: Run, label: str, wish: Wish, icon: str) -> None:
    st.button(
        label,
        icon=icon,
        key=f"{wish}_{run.id}",
        on_click=change,
        args=(lambda store: store.request(run.id, wish, visitor(), teacher_token()),),
    )


def _resume_button(run: Run) -> None:
    st.button(
        "Resume",
        icon=":material/replay:",
        key=f"again_{run.id}",
        on_click=change,
        args=(lambda store: store.resume(run.id, visitor(), teacher_token()),),
        help="Go on from the last checkpoint.",
    )


def _show_scales(run: Run) -> None:
    """What the schedule's learning rate is multiplied by, from now on."""
    st.caption("Learning rate", width="content")
    for factor, label in SCALES:
        st.button(
            label,
            key=f"scale_{factor:g}_{run.id}",
            on_click=change,
            args=(lambda store, by=factor: _steer(store, run.id, by),),
            help=f"Multiply the schedule's learning rate by {factor:g} from the next step on.",
        )


def _steer(store: Store, run_id: str, factor: float) -> None:
    """Multiply the scale as it is now, which may be another than when the page was drawn."""
    scale = store.run(run_id).learning_rate_scale * factor
    store.steer(run_id, scale, visitor(), teacher_token())


def change(do: Callable[[Store], object]) -> None:
    """Carry out a request; a refusal is shown on the page."""
    runs = shared_runs()
    try:
        do(runs.store)
    except (RunError, PermissionError, ValueError, KeyError) as error:
        st.session_state["refused"] = str(error.args[0]) if error.args else str(error)
    runs.changed()


def say_refusal() -> None:
    """Say once why the last button did nothing."""
    refused = st.session_state.pop("refused", None)
    if refused:
        st.error(refused, icon=":material/block:")
