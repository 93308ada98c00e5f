"""Runs on screen while they train: big numbers, the bar, the curves, and their owner's controls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from cnnviz.figures.curves import COLOURS
from cnnviz.figures.theme import bytes_text, count_text
from cnnviz.runs.folder import RunError
from cnnviz.runs.store import Run
from cnnviz.ui.curves_view import show_curves
from cnnviz.ui.run_words import (
    STATES,
    budget_text,
    duration_text,
    progress_text,
    run_label,
    seconds_left,
    settings_text,
)
from cnnviz.ui.runs import Reading, shared_runs
from cnnviz.ui.visitor import teacher_token, visitor

SCALES = ((0.1, "÷ 10"), (0.5, "÷ 2"), (2.0, "· 2"))
RESUMABLE = ("stopped", "failed", "interrupted")
UNKNOWN = "–"  # noqa: RUF001


def show_runs(run_ids: Sequence[str], across: str, more: Sequence[str]) -> None:
    """Draw runs and their curves, each second anew while one is open."""
    is_open = _is_open(_readings(run_ids))
    st.fragment(_tick, run_every=1.0 if is_open else None)(run_ids, across, more, is_open)


def _tick(run_ids: Sequence[str], across: str, more: Sequence[str], was_open: bool) -> None:
    readings = _readings(run_ids)
    if _is_open(readings) != was_open:
        st.rerun()  # the whole page, which decides anew whether to look each second
    for number, reading in enumerate(readings):
        with st.container(border=True):
            _show_run(reading, COLOURS[number % len(COLOURS)], is_large=number == 0)
    show_curves(readings, across, more)
    st.caption(
        "Train values are means over the steps since the last point, with augmentation and "
        "dropout at work; test values are of all test images. Drag moves a chart, the wheel with "
        "Ctrl or ⌘ zooms, a double click shows all."
    )


def _readings(run_ids: Sequence[str]) -> list[Reading]:
    found = (shared_runs().readings.of(run_id) for run_id in run_ids)
    return [reading for reading in found if reading is not None]


def _is_open(readings: Sequence[Reading]) -> bool:
    return any(reading.run.is_open for reading in readings)


def _show_run(reading: Reading, colour: str, is_large: bool) -> None:
    """One run: its name, what it does, its numbers, and its owner's buttons."""
    _show_name(reading.run, colour)
    if is_large:
        _show_numbers(reading)
    _show_progress(reading, is_large)
    _show_controls(reading.run)


def _show_name(run: Run, colour: str) -> None:
    look = STATES[run.state]
    square = f'<span style="color:{colour}">⬤</span>'
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f"<b>{square} {escape(run_label(run))}</b>", width="content")
        st.badge(look.title, icon=look.icon, color=look.colour)  # type: ignore[arg-type]


def _show_numbers(reading: Reading) -> None:
    run, latest = reading.run, _latest(reading)
    left = seconds_left(run) if run.is_open else None
    numbers = (
        (
            "Test accuracy",
            percent(latest("test_accuracy")),
            f"Best so far {percent(run.test_accuracy)}.",
        ),
        ("Train loss", _number(latest("train_loss")), "Mean cross-entropy of the last steps."),
        ("Epoch", f"{run.epoch:.3g}", f"The run ends after {budget_text(run)}."),
        ("Images/s", _count(latest("images_per_second")), f"On {run.device or 'no device yet'}."),
        (
            "Time left" if run.is_open else "Trained for",
            _seconds(left if run.is_open else run.seconds),
            f"Trained for {duration_text(run.seconds)} so far, pauses left out.",
        ),
        ("Memory", _bytes(latest("memory")), "The largest so far."),
    )
    with st.grid(6, min_column_width=118):
        for label, value, explained in numbers:
            st.metric(label, value, help=explained)


def _latest(reading: Reading) -> Callable[[str], float | None]:
    """Gives the last value of a scalar that was measured."""

    def latest(name: str) -> float | None:
        for measurement in reversed(reading.measurements):
            value: float | None = getattr(measurement, name)
            if value is not None:
                return value
        return None

    return latest


def _show_progress(reading: Reading, is_large: bool) -> None:
    run = reading.run
    words = progress_text(reading)
    if not is_large:
        accuracy = percent(run.test_accuracy)
        words = f"{words} Best test accuracy {accuracy}, epoch {run.epoch:.3g}."
    if run.is_open:
        st.progress(min(max(run.share, 0.0), 1.0), f"{words} Settings: {settings_text(run)}.")
        return
    if run.state == "failed":
        st.error(words, icon=":material/error:")
    elif run.state == "interrupted":
        st.warning(
            f"{words} Nothing that was measured is lost; Resume goes on from the last checkpoint.",
            icon=":material/power_off:",
        )
    else:
        st.caption(words)
    st.caption(f"Settings: {settings_text(run)}.")


def _show_controls(run: Run) -> None:
    """Buttons for whoever may press them; for others whose run it is."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if may_change(run):
            _show_buttons(run)
        if run.state == "finished" or run.test_accuracy is not None:
            st.link_button("Evaluate", f"evaluate?run={run.id}", icon=":material/fact_check:")
        if not may_change(run):
            st.caption("Started by another visitor: only they or the teacher can stop it.")


def may_change(run: Run) -> bool:
    """Whether the buttons are drawn: for the owner, and for who says they are the teacher."""
    return run.owner == visitor() or teacher_token() is not None


def _show_buttons(run: Run) -> None:
    if run.state == "running":
        _button(run, "Pause", "pause", ":material/pause:")
    if run.state == "paused":
        _button(run, "Continue", "resume", ":material/play_arrow:")
    if run.is_open:
        _button(run, "Stop", "stop", ":material/stop:")
    if run.state in RESUMABLE:
        st.button(
            "Resume",
            icon=":material/replay:",
            key=f"again_{run.id}",
            on_click=_change,
            args=(lambda store: store.resume(run.id, visitor(), teacher_token()),),
            help="Go on from the last checkpoint.",
        )
    if run.state in ("running", "paused"):
        _show_scales(run)


def _button(run: Run, label: str, wish: str, icon: str) -> None:
    st.button(
        label,
        icon=icon,
        key=f"{wish}_{run.id}",
        on_click=_change,
        args=(lambda store: store.ask(run.id, wish, visitor(), teacher_token()),),
    )


def _show_scales(run: Run) -> None:
    """What the schedule's learning rate is multiplied by, from now on."""
    st.caption(f"Learning rate: schedule times {run.learning_rate_scale:.3g}", width="content")
    for factor, label in SCALES:
        scale = run.learning_rate_scale * factor
        st.button(
            label,
            key=f"scale_{factor:g}_{run.id}",
            on_click=_change,
            args=(lambda store, s=scale: store.steer(run.id, s, visitor(), teacher_token()),),
            help=f"Multiply the schedule's learning rate by {scale:.3g} from the next step on.",
        )


def _change(change: Callable[..., object]) -> None:
    """Do what a button says; a refusal is a sentence on the page."""
    runs = shared_runs()
    try:
        change(runs.store)
    except (RunError, PermissionError, ValueError, KeyError) as error:
        st.session_state["refused"] = str(error.args[0]) if error.args else str(error)
    runs.changed()


def say_refusal() -> None:
    """Say once why the last button did nothing."""
    refused = st.session_state.pop("refused", None)
    if refused:
        st.error(refused, icon=":material/block:")


def percent(share: float | None) -> str:
    """A share in per cent, or a dash."""
    return UNKNOWN if share is None else f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.3g}"


def _count(value: float | None) -> str:
    return UNKNOWN if value is None else count_text(value)


def _bytes(value: float | None) -> str:
    return UNKNOWN if value is None else bytes_text(value)


def _seconds(value: float | None) -> str:
    return UNKNOWN if value is None else duration_text(value)
