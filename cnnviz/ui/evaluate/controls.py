"""The evaluated run or network: the menu of them, and the views of a run."""

from collections.abc import Sequence

import streamlit as st

from cnnviz.runs.run import Run
from cnnviz.training.bundled import Bundled
from cnnviz.ui.evaluate.downloads import show_downloads
from cnnviz.ui.evaluate.evaluated import evaluated
from cnnviz.ui.evaluate.mistakes import show_mistakes
from cnnviz.ui.evaluate.versus import show_comparison
from cnnviz.ui.evaluate.view import (
    say_subject,
    show_calibration,
    show_classes,
    show_confusion,
    show_numbers,
)
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_named, show_chosen_view
from cnnviz.ui.parts.page import plain
from cnnviz.ui.photo.trained import bundled_title
from cnnviz.ui.runs.words import run_label

VIEWS = {
    "classes": ("Per class", lambda subject: show_classes(subject.evaluation)),
    "confusion": ("Confusion matrix", show_confusion),
    "mistakes": ("Mistakes", show_mistakes),
    "calibration": ("Calibration", lambda subject: show_calibration(subject.evaluation)),
    "compare": ("Compare runs", show_comparison),
    "download": ("Download", lambda subject: show_downloads(subject.run)),
}


def show_run(run: Run) -> None:
    """Draw the scores of a run and the chosen view."""
    subject = evaluated(run)
    if subject:
        say_subject(subject)
        show_numbers(subject.evaluation)
        show_chosen_view(VIEWS, address.VIEW, subject)


def choose_run_or_bundled(runs: Sequence[Run], networks: Sequence[Bundled]) -> Run | Bundled:
    """Draw the menu of runs and bundled networks; the URL has ``?run=ID`` or the name.

    Warns if the URL names a run that does not exist or has no checkpoint yet.

    Args:
        runs: Runs, listed first.
        networks: At least one bundled network.
    """
    known = {run.id: run for run in runs} | {each.name: each for each in networks}
    for key in (address.RUN, address.OTHER_RUN):
        requested = address.requested(key)
        if requested and requested not in known:
            st.warning(
                f"There is no run {plain(requested)} with a checkpoint: it is new or was deleted.",
                icon=":material/link_off:",
            )
    titles = {run.id: run_label(run) for run in runs}
    titles |= {each.name: f"{each.name}, {bundled_title(each)}" for each in networks}
    return known[choose_named("Trained network", address.RUN, titles, next(iter(known)))]
