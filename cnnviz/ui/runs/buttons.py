"""Buttons that change runs: start, pause, stop, resume, and another learning rate meanwhile."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from cnnviz.runs.folder import RunError
from cnnviz.runs.groups import Group
from cnnviz.runs.run import BEGUN, RESUMABLE, Run
from cnnviz.runs.store import Request, Store
from cnnviz.ui.runs.readings import shared_runs
from cnnviz.ui.runs.words import run_label
from cnnviz.ui.server.visitor import teacher_token, visitor

SCALES = ((0.1, "÷ 10"), (0.5, "÷ 2"), (2.0, "× 2"))  # noqa: RUF001

Change = Callable[[Store], object]


def offer_start(words: str, label: str, icon: str, start: Change) -> None:
    """Draw what would be started, and the button that starts it.

    Args:
        words: What would be started, in Markdown.
        label: Of the button.
        icon: Name of the button's icon.
        start: Starts it.
    """
    text, button = st.columns([4, 1], vertical_alignment="center")
    text.markdown(words)
    with button:
        change_button(label, icon, "start_runs", start, type="primary", width="stretch")


def change_button(label: str, icon: str, key: str, do: Change, **more: Any) -> None:
    """Draw a button that changes the store of runs; ``more`` is what else Streamlit's takes."""
    st.button(label, icon=f":material/{icon}:", key=key, on_click=change, args=(do,), **more)


def show_controls(runs: Sequence[Run]) -> None:
    """Draw a row of buttons for each run that the visitor may change and that can be changed."""
    changeable = [run for run in runs if run.state != "finished" and may_change(run)]
    for run in changeable:
        with st.container(horizontal=True, vertical_alignment="center"):
            if len(changeable) > 1:
                st.caption(run_label(run), width="content")
            _show_buttons(run)


def may_change(made: Run | Group) -> bool:
    """Whether the visitor is its owner or signed in as teacher."""
    return made.owner == visitor() or teacher_token() is not None


def _show_buttons(run: Run) -> None:
    if run.is_open:  # first: a click must not find Pause where Stop was a moment ago
        _request_button(run, "Stop", "stop", "stop")
    if run.state == "running":
        _request_button(run, "Pause", "pause", "pause")
    if run.state == "paused":
        _request_button(run, "Continue", "play_arrow", "resume")
    if run.state in RESUMABLE:
        change_button(
            "Resume",
            "replay",
            f"again_{run.id}",
            lambda store: store.resume(run.id, visitor(), teacher_token()),
            help="Go on from the last checkpoint.",
        )
    if run.state in BEGUN:
        _show_scales(run)


def _request_button(run: Run, label: str, icon: str, request: Request) -> None:
    change_button(
        label,
        icon,
        f"{request}_{run.id}",
        lambda store: store.request(run.id, request, visitor(), teacher_token()),
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


def change(do: Change) -> None:
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
