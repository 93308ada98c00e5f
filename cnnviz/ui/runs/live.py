"""Runs on screen while they train: their cards and curves, each second anew."""

from collections.abc import Callable, Sequence

import streamlit as st

from cnnviz.figures.theme import bytes_text, count_text
from cnnviz.figures.training.curves import COLOURS
from cnnviz.figures.training.run_card import BigNumber, Card, run_card
from cnnviz.ui.parts.page import look_again
from cnnviz.ui.runs.buttons import may_change, show_controls
from cnnviz.ui.runs.curves import show_curves
from cnnviz.ui.runs.readings import Reading, pace, shared_runs
from cnnviz.ui.runs.words import (
    STATES,
    UNKNOWN,
    budget_text,
    counted,
    duration_text,
    evaluate_link,
    percent,
    progress_text,
    run_label,
    seconds_left,
    settings_text,
)


def show_runs(run_ids: Sequence[str], across: str, more: Sequence[str]) -> None:
    """Draw runs and their curves, each second or two anew while one is open.

    What is redrawn then is little and the same for all who look: a card and the charts.
    """
    with st.container():  # a place of its own: the card must not move when its buttons go
        show_controls([reading.run for reading in _readings(run_ids)])
    look_again(
        lambda: _readings(run_ids),
        lambda readings: _show(readings, across, more),
        lambda readings: tuple((reading.run.id, reading.run.state) for reading in readings),
        lambda readings: pace(any(reading.run.is_open for reading in readings)),
    )
    st.caption(
        "Training values are means over the steps since the last point, with augmentation and "
        "dropout enabled; test values are of all test images. Drag moves a chart, the wheel with "
        "Ctrl or ⌘ zooms, a double click shows all."
    )


def _show(readings: Sequence[Reading], across: str, more: Sequence[str]) -> None:
    st.html(
        "".join(
            run_card(card(reading, COLOURS[number % len(COLOURS)], is_large=number == 0))
            for number, reading in enumerate(readings)
        )
    )
    show_curves(readings, across, more)


def _readings(run_ids: Sequence[str]) -> list[Reading]:
    readings = (shared_runs().readings.of(run_id) for run_id in run_ids)
    return [reading for reading in readings if reading is not None]


def card(reading: Reading, colour: str, is_large: bool) -> Card:
    """Card of a run: large numbers, or one line where several runs are shown."""
    run, words = reading.run, [progress_text(reading)]
    look = STATES[run.state]
    if run.state == "interrupted":
        words.append("Nothing that was measured is lost; Resume goes on from the last checkpoint.")
    if not is_large:
        words.append(f"Best test accuracy {percent(run.test_accuracy)}, epoch {run.epoch:.3g}.")
    words.append(f"Settings: {settings_text(run)}.")
    if repeated := _latest(reading, "repeated"):
        words.append(f"{counted(int(repeated), 'test image')} are also training images.")
    if run.learning_rate_scale != 1:
        words.append(f"Learning rate: the schedule's times {run.learning_rate_scale:.3g}.")
    if not may_change(run):
        words.append("Started by another visitor; only they or the teacher can stop it.")
    return Card(
        colour=colour,
        label=run_label(run),
        state=look.title,
        tone=look.colour,
        words=" ".join(words),
        numbers=_numbers(reading) if is_large else (),
        share=run.share if run.is_open else None,
        link=(evaluate_link(run), "Evaluate") if run.test_accuracy is not None else None,
        is_alarm=run.state == "failed",
    )


def _numbers(reading: Reading) -> list[BigNumber]:
    run = reading.run
    accuracy, loss = _latest(reading, "test_accuracy"), _latest(reading, "train_loss")
    speed, memory = _latest(reading, "images_per_second"), _latest(reading, "memory")
    left = seconds_left(run) if run.is_open else run.seconds
    return [
        BigNumber("Test accuracy", percent(accuracy), f"Best: {percent(run.test_accuracy)}."),
        BigNumber("Training loss", _said(loss, "{:.3g}".format), "Mean of the last steps."),
        BigNumber("Epoch", f"{run.epoch:.3g}", f"It ends after {budget_text(run.plan)}."),
        BigNumber("Images/s", _said(speed, count_text), f"On {run.device or 'no device yet'}."),
        BigNumber(
            "Time left" if run.is_open else "Trained for",
            _said(left, duration_text),
            f"Trained for {duration_text(run.seconds)}, pauses left out.",
        ),
        BigNumber("Memory", _said(memory, bytes_text), "The largest so far."),
    ]


def _latest(reading: Reading, name: str) -> float | None:
    """The last value of a scalar that was measured."""
    for measurement in reversed(reading.measurements):
        value: float | None = getattr(measurement, name)
        if value is not None:
            return value
    return None


def _said(value: float | None, text: Callable[[float], str]) -> str:
    return UNKNOWN if value is None else text(value)
