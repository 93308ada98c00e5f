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
from cnnviz.ui.page import open_page
from cnnviz.ui.runs.choice import runs_with_checkpoints


def show_run(run: Run, runs: Sequence[Run]) -> None:
    """The numbers of one run, and the view that is chosen of it."""
    found = evaluated(run)
    if found is None:
        return
    subject = Evaluated(run, found)
    say_subject(subject)
    show_numbers(found)
    view = choose_view()
    if view == "classes":
        show_classes(found)
    elif view == "confusion":
        show_confusion(subject)
    elif view == "mistakes":
        show_mistakes(run, found)
    elif view == "calibration":
        show_calibration(found)
    elif view == "compare":
        show_comparison(subject, runs)
    else:
        show_downloads(run)


def show_comparison(subject: Evaluated, runs: Sequence[Run]) -> None:
    """The run beside another one on the same pictures."""
    other = choose_other(subject.run, runs)
    if other is None:
        st.info(
            "There is no other run on the same data; train one, with other settings.",
            icon=":material/model_training:",
        )
        st.page_link("pages/train.py", label="Train", icon=":material/arrow_forward:")
        return
    found = evaluated(other)
    if found is not None:
        show_versus(subject, Evaluated(other, found))


open_page("Evaluate")
st.title("How good is it, and where does it fail?")
runs, in_the_box = runs_with_checkpoints(), bundled()
say_unknown(runs, in_the_box)
chosen = choose_run_or_bundled(runs, in_the_box)
try:
    if isinstance(chosen, Bundled):
        show_bundled(chosen)
    else:
        show_run(chosen, runs)
except ValueError as error:
    st.error(str(error), icon=":material/error:")
