"""Views of a run's evaluation: scores, classes, confusion matrix and calibration."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.typing import VegaLiteState

from cnnviz.figures.training.confusion import CELL, confusion_chart, confusion_table
from cnnviz.figures.training.reliability import counts_diagram, reliability_diagram
from cnnviz.training.datasets.look import repeats_text
from cnnviz.training.evaluation.scores import Evaluation, Scores
from cnnviz.ui.evaluate.evaluated import Evaluated
from cnnviz.ui.evaluate.mistakes import show_cell
from cnnviz.ui.parts.page import plain
from cnnviz.ui.runs.words import duration_text, network_title

BARE = {"displayModeBar": False}
ROW = 35  # height of a table's row in px


def say_subject(subject: Evaluated) -> None:
    """Draw a caption with the network, its training and its test data."""
    run, evaluation = subject.run, subject.evaluation
    predictions = evaluation.predictions
    st.caption(
        f"**{network_title(run)}** trained for {run.epoch:.3g} epochs, "
        f"{duration_text(run.seconds)}, on {device_text(run.device)}; data: "
        f"**{plain(evaluation.title)}**. It was not trained on these {len(predictions):,} test "
        "images, but its best checkpoint was selected on them. Testing took "
        f"{predictions.seconds:.1f} s on {device_text(predictions.device)}."
    )
    if repeats := repeats_text(predictions.repeated, len(predictions)):
        st.warning(repeats, icon=":material/content_copy:")
    if run.is_open:
        st.info("This run has not finished: these are the scores of its best checkpoint so far.")


def device_text(device: str) -> str:
    """The usual name of a device: "a CPU" for "cpu", the name of a GPU as it is."""
    return {"": "a CPU", "cpu": "a CPU", "cuda": "a GPU"}.get(device, plain(device))


def show_numbers(evaluation: Scores) -> None:
    """Draw the scores on the test split with their baselines."""
    with st.grid(4, min_column_width=170):
        st.metric("Accuracy", f"{evaluation.accuracy:.2%}")
        st.metric("Loss", f"{evaluation.loss:.3f}", help="Mean cross-entropy in nats.")
        if evaluation.top5 is not None:
            top5 = f"{evaluation.top5:.2%}"
            st.metric("Top-5 accuracy", top5, help="True class in the top five.")
        st.metric("F1, mean over classes", f"{evaluation.macro.f1:.2%}")
    st.caption(
        "Baselines: always predicting the most common class gives "
        f"{evaluation.baseline_accuracy:.2%} accuracy; a uniform prediction gives a loss of ln "
        f"{len(evaluation.classes)} = {evaluation.baseline_loss:.3f}."
    )


def show_classes(evaluation: Scores) -> None:
    """Draw a table of the classes: support, recall, precision and F1."""
    table = pd.DataFrame([vars(score) for score in evaluation.scores])
    st.dataframe(
        table[["name", "support", "recall", "precision", "f1"]],
        column_config={
            "name": st.column_config.TextColumn("Class", pinned=True),
            "support": st.column_config.NumberColumn("Images"),
            "recall": _share("Recall"),
            "precision": _share("Precision"),
            "f1": _share("F1"),
        },
        hide_index=True,
        width="stretch",
        height=min(len(table) + 1, 21) * ROW + 3,
    )
    macro = evaluation.macro
    st.caption(
        f"Means over classes: recall {macro.recall:.2%}, precision {macro.precision:.2%}, F1 "
        f"{macro.f1:.2%}. **Recall**: the share of a class's images that were predicted correctly. "
        "**Precision**: the share of the images predicted as a class that belong to it; 0 if there "
        "are none. **F1**: their harmonic mean. Computed with scikit-learn."
    )


def _share(title: str) -> Any:
    return st.column_config.ProgressColumn(title, min_value=0, max_value=1, format="percent")


def show_confusion(subject: Evaluated) -> None:
    """Draw the confusion matrix and the images of the clicked cell."""
    evaluation = subject.evaluation
    hint = "**Click a cell to see its images.**"
    event = show_matrix(evaluation, f"confusion_{subject.run.id}", hint)
    label, predicted = chosen(event, evaluation) or worst_cell(evaluation.confusion)
    show_cell(subject, label, predicted)


def show_matrix(evaluation: Scores, key: str, hint: str = "") -> VegaLiteState:
    """Draw the confusion matrix with a hint on what to do; returns the selection."""
    legend = "Rows: true class. Columns: predicted class. The diagonal is correct."
    st.markdown(f"{legend} {hint}")
    with st.container(width=900):
        return st.vega_lite_chart(
            confusion_table(evaluation.confusion, evaluation.classes),
            confusion_chart(evaluation.classes),
            width="stretch",
            key=key,
            on_select="rerun",
            selection_mode=[CELL],
            alt=f"Confusion matrix of {len(evaluation.classes)} classes",
        )


def chosen(event: VegaLiteState, evaluation: Evaluation) -> tuple[int, int] | None:
    """The clicked cell as (true label, predicted label), if any."""
    for cell in event.selection.get(CELL) or []:
        place = (cell["row"], cell["column"])
        if max(place) < len(evaluation.classes):
            return place
    return None


def worst_cell(confusion: np.ndarray) -> tuple[int, int]:
    """The cell of the most frequent confusion, shown before a click."""
    wrong = confusion.copy()
    if wrong.sum() > wrong.trace():  # there is a mistake
        np.fill_diagonal(wrong, 0)
    return divmod(int(wrong.argmax()), len(wrong))


def show_calibration(evaluation: Scores) -> None:
    """Draw the reliability diagram and the histogram of confidence."""
    calibration = evaluation.calibration
    st.markdown(f"**{calibration_text(calibration.error, calibration.overconfidence)}**")
    diagram = reliability_diagram(calibration.edges, calibration.confidence, calibration.accuracy)
    charts = {
        "Accuracy by confidence": diagram,
        "Images by confidence": counts_diagram(calibration.edges, calibration.counts),
    }
    for place, (title, chart) in zip(st.columns(2), charts.items(), strict=True):
        with place:
            st.markdown(title)
            alt = f"{title}, expected calibration error {calibration.error:.1%}"
            st.plotly_chart(chart, config=BARE, alt=alt)
    st.caption(
        "Images are binned by the probability of the predicted class (15 bins). Expected "
        "calibration error = sum over bins of (images in the bin / all images) x |accuracy - mean "
        "probability| (Guo et al. 2017, On Calibration of Modern Neural Networks, section 2). "
        "Bins with few images are uncertain."
    )


def calibration_text(error: float, overconfidence: float) -> str:
    """The expected calibration error in one sentence."""
    relation = "above" if overconfidence > 0 else "below"
    return (
        f"Expected calibration error {error:.1%}. The mean confidence is "
        f"{100 * abs(overconfidence):.1f} percentage points {relation} the accuracy."
    )
