"""How good a run's network is: its numbers, its classes, its confusion, its calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.typing import EChartsState

from cnnviz.figures.training.confusion import chosen_cell, confusion_option
from cnnviz.figures.training.reliability import counts_option, reliability_option
from cnnviz.runs.run import Run
from cnnviz.training.evaluation.record import AnyEvaluation
from cnnviz.training.evaluation.scores import Evaluation
from cnnviz.ui.evaluate.mistakes import show_cell
from cnnviz.ui.parts.markdown import plain
from cnnviz.ui.runs.words import duration_text, network_title

ROW = 35  # px of a table's line


@dataclass(frozen=True, eq=False)
class Evaluated:
    """A run with its evaluation.

    Attributes:
        run: The run.
        evaluation: Of its best checkpoint.
    """

    run: Run
    evaluation: Evaluation


def say_subject(subject: Evaluated) -> None:
    """Say what was tested on what, and how long it has trained."""
    run, found = subject.run, subject.evaluation
    predictions = found.predictions
    st.caption(
        f"**{network_title(run)}** trained for {run.epoch:.3g} epochs, "
        f"{duration_text(run.seconds)}, on {device_text(run.device)}; data: "
        f"**{plain(found.title)}**. It has not learned from these {len(predictions):,} test "
        "pictures, but its best checkpoint was chosen by them. Testing took "
        f"{predictions.seconds:.1f} s on {device_text(predictions.device)}."
    )
    if run.is_open:
        st.info("This run is not at its end: these are the numbers of its best checkpoint so far.")


def device_text(device: str) -> str:
    """A device as people call it: "a CPU" for "cpu", a card's name as it is."""
    return {"": "a CPU", "cpu": "a CPU", "cuda": "a GPU"}.get(device, plain(device))


def show_numbers(found: AnyEvaluation) -> None:
    """The numbers of the whole test split, each beside what chance gives."""
    with st.grid(4, min_column_width=170):
        st.metric("Accuracy", f"{found.accuracy:.2%}")
        st.metric("Loss", f"{found.loss:.3f}", help="Mean cross-entropy in nats.")
        if found.top5 is not None:
            st.metric("Top-5 accuracy", f"{found.top5:.2%}", help="The class is among five.")
        st.metric("F1, mean of the classes", f"{found.macro.f1:.2%}")
    st.caption(
        f"Baselines: always predicting the most common class gives {found.baseline_accuracy:.2%} "
        f"accuracy; a uniform prediction gives a loss of ln {len(found.classes)} = "
        f"{found.baseline_loss:.3f}."
    )


def show_classes(found: AnyEvaluation) -> None:
    """A line a class: how many pictures, precision, recall and F1."""
    table = pd.DataFrame([vars(score) for score in found.scores])
    st.dataframe(
        table[["name", "support", "recall", "precision", "f1"]],
        column_config={
            "name": st.column_config.TextColumn("Class", pinned=True),
            "support": st.column_config.NumberColumn("Pictures"),
            "recall": _share("Recall"),
            "precision": _share("Precision"),
            "f1": _share("F1"),
        },
        hide_index=True,
        width="stretch",
        height=min(len(table) + 1, 21) * ROW + 3,
    )
    macro = found.macro
    st.caption(
        f"Means of the classes: recall {macro.recall:.2%}, precision {macro.precision:.2%}, F1 "
        f"{macro.f1:.2%}. **Recall**: of the pictures of a class, how many are called so, its "
        "accuracy in the class. **Precision**: of the pictures that are called so, how many are "
        "of the class; 0 where none is. **F1**: their harmonic mean. Computed with scikit-learn."
    )


def _share(title: str) -> Any:
    return st.column_config.ProgressColumn(title, min_value=0, max_value=1, format="percent")


def show_confusion(subject: Evaluated) -> None:
    """The matrix, and the pictures behind the cell that was clicked."""
    found = subject.evaluation
    st.markdown(
        "A row is a class, a column what its pictures are called; the diagonal is right. "
        "**Click a cell to see its pictures.**"
    )
    event = show_matrix(found, f"confusion_{subject.run.id}")
    label, predicted = chosen(event, found) or worst_cell(found.confusion)
    show_cell(subject.run, found, label, predicted)


def show_matrix(found: AnyEvaluation, key: str) -> EChartsState:
    """The matrix alone; what is selected in it."""
    with st.container(width=900):
        return st.echarts_chart(
            confusion_option(found.confusion, found.classes),
            width="stretch",
            height=matrix_height(len(found.classes)),
            key=key,
            on_select="rerun",
            alt=f"Confusion matrix of {len(found.classes)} classes, accuracy {found.accuracy:.1%}",
        )


def matrix_height(num_classes: int) -> int:
    """Of the drawing in pixels: large enough for counts, or for all on one screen."""
    return min(820, 190 + 34 * num_classes)


def chosen(event: EChartsState, found: Evaluation) -> tuple[int, int] | None:
    """The cell that was clicked, (class, prediction)."""
    count = len(found.classes)
    for group in event.selection.selected:
        for index in group["data_indices"]:
            if 0 <= index < count * count:
                return chosen_cell(index, count)
    return None


def worst_cell(confusion: np.ndarray) -> tuple[int, int]:
    """The most frequent confusion, which is shown before anything is clicked."""
    wrong = confusion.copy()
    if wrong.sum() > wrong.trace():  # there is a mistake
        np.fill_diagonal(wrong, 0)
    return chosen_cell(int(wrong.argmax()), len(wrong))


def show_calibration(evaluation: AnyEvaluation) -> None:
    """Is the network as sure as it is right?"""
    found = evaluation.calibration
    bins = (found.edges, found.counts, found.confidence, found.accuracy)
    st.markdown(f"**{calibration_text(found.error, found.overconfidence)}**")
    left, right = st.columns(2)
    with left:
        st.markdown("How often it is right")
        st.echarts_chart(
            reliability_option(*bins),
            height=380,
            width="stretch",
            alt=f"Reliability diagram, expected calibration error {found.error:.1%}",
        )
    with right:
        st.markdown("How many pictures")
        st.echarts_chart(
            counts_option(found.edges, found.counts),
            height=380,
            width="stretch",
            alt="Pictures by the probability of the predicted class",
        )
    st.caption(
        "Pictures are put into 15 bins by the probability of the predicted class. Expected "
        "calibration error = sum over the bins of (pictures of the bin / all pictures) x |share "
        "that is right - mean probability| (Guo et al. 2017, On Calibration of Modern Neural "
        "Networks, section 2). Bins of few pictures are uncertain."
    )


def calibration_text(error: float, overconfidence: float) -> str:
    """The expected calibration error in one sentence."""
    way = "larger" if overconfidence > 0 else "smaller"
    return (
        f"Expected calibration error {error:.1%}. Over all pictures its mean probability is "
        f"{100 * abs(overconfidence):.1f} percentage points {way} than the share that is right."
    )
