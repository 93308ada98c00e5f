"""Widgets that choose the evaluated run, the view and the run to compare with."""

from collections.abc import Sequence

import streamlit as st

from cnnviz.runs.run import Run
from cnnviz.training.bundled import Bundled
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled, choose_named
from cnnviz.ui.parts.page import plain
from cnnviz.ui.photo.trained import bundled_title
from cnnviz.ui.runs.choice import choose_among
from cnnviz.ui.runs.words import run_label

VIEWS = {
    **{"classes": "Per class", "confusion": "Confusion matrix", "mistakes": "Mistakes"},
    **{"calibration": "Calibration", "compare": "Compare runs", "download": "Download"},
}


def choose_run_or_bundled(runs: Sequence[Run], networks: Sequence[Bundled]) -> Run | Bundled:
    """Draw the menu of runs and bundled networks; the URL has ``?run=ID`` or the name.

    Args:
        runs: Runs, listed first.
        networks: At least one bundled network.
    """
    known = {run.id: run for run in runs} | {each.name: each for each in networks}
    titles = {run.id: run_label(run) for run in runs}
    titles |= {each.name: f"{each.name}, {bundled_title(each)}" for each in networks}
    return known[choose_named("Trained network", address.RUN, titles, next(iter(known)))]


def choose_other(run: Run, runs: Sequence[Run]) -> Run | None:
    """Draw the menu of other runs on the same data, ``?other=ID``; None if there are none."""
    others = [other for other in runs if other.id != run.id and other.plan.data == run.plan.data]
    if not others:
        return None
    # If the seed splits the data, another seed has other test images.
    others.sort(key=lambda other: other.plan.options.seed != run.plan.options.seed)
    return choose_among("Compare with", address.OTHER_RUN, others, others[0].id)


def choose_view() -> str:
    """Draw the menu of views."""
    return choose_labelled("View", VIEWS, address.VIEW)


def say_unknown(runs: Sequence[Run], networks: Sequence[Bundled]) -> None:
    """Warn if the URL names a run that does not exist or has no checkpoint yet."""
    known = {*(run.id for run in runs), *(each.name for each in networks)}
    for key in (address.RUN, address.OTHER_RUN):
        requested = address.requested(key)
        if requested and requested not in known:
            st.warning(
                f"There is no run {plain(requested)} with a checkpoint: it is new or was deleted.",
                icon=":material/link_off:",
            )
