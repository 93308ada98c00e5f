"""Evaluate: how good is a trained network, and where does it fail?"""

from collections.abc import Sequence

import streamlit as st

from cnnviz.runs.run import Run
from cnnviz.training.bundled import Bundled, bundled
from cnnviz.ui.evaluate.bundled import show_bundled
from cnnviz.ui.evaluate.controls import (
    choose_other,
    choose_run_or_bundled,
    choose_view,
    say_unknown,
)
from cnnviz.ui.evaluate.downloads import show_downloads
from cnnviz.ui.evaluate.evaluated import evaluated
from cnnviz.ui.evaluate.mistakes import show_mistakes
from cnnviz.ui.evaluate.versus import show_versus
from cnnviz.ui.evaluate.view import (
    Evaluated,
    say_subject,
    show_calibration,
    show_classes,
    show_confusion,
    show_numbers,
)
from cnnviz.ui.parts.page import open_page
from cnnviz.ui.runs.choice import runs_with_checkpoints


def show_run(run: Run, runs: Sequence[Run]) -> None:
    """Draw the scores of a run and the chosen view."""
    evaluation = evaluated(run)
    if evaluation is None:
        return
    subject = Evaluated(run, evaluation)
    say_subject(subject)
    show_numbers(evaluation)
    view = choose_view()
    if view == "classes":
        show_classes(evaluation)
    elif view == "confusion":
        show_confusion(subject)
    elif view == "mistakes":
        show_mistakes(run, evaluation)
    elif view == "calibration":
        show_calibration(evaluation)
    elif view == "compare":
        show_comparison(subject, runs)
    else:
        show_downloads(run)


def show_comparison(subject: Evaluated, runs: Sequence[Run]) -> None:
    """Draw the comparison with another run on the same images."""
    other = choose_other(subject.run, runs)
    if other is None:
        st.info(
            "There is no other run on the same data. Train one with other settings.",
            icon=":material/model_training:",
        )
        st.page_link("pages/train.py", label="Train", icon=":material/arrow_forward:")
        return
    evaluation = evaluated(other)
    if evaluation is not None:
        show_versus(subject, Evaluated(other, evaluation))


open_page("Evaluate")
st.title("How good is it, and where does it fail?")
runs, networks = runs_with_checkpoints(), bundled()
say_unknown(runs, networks)
chosen = choose_run_or_bundled(runs, networks)
try:
    if isinstance(chosen, Bundled):
        show_bundled(chosen)
    else:
        show_run(chosen, runs)
except ValueError as error:
    st.error(str(error), icon=":material/error:")
