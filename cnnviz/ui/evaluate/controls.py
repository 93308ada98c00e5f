"""The widgets that choose the run that is evaluated, and the one that it is compared with."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.runs.run import Run
from cnnviz.training.bundled import Bundled
from cnnviz.ui.parts.markdown import plain
from cnnviz.ui.parts.menu import choose_named
from cnnviz.ui.parts.segments import choose_segment
from cnnviz.ui.photo.trained import box_title
from cnnviz.ui.runs.choice import OTHER, RUN, choose_among
from cnnviz.ui.runs.words import run_label

VIEWS = ("classes", "confusion", "mistakes", "calibration", "compare", "download")


def choose_run_or_bundled(runs: Sequence[Run], in_the_box: Sequence[Bundled]) -> Run | Bundled:
    """Draw the menu of runs and of the networks in the box; ``?run=ID`` or a name is the choice.

    Args:
        runs: They come first.
        in_the_box: At least one.
    """
    known = {run.id: run for run in runs} | {each.name: each for each in in_the_box}
    titles = {run.id: run_label(run) for run in runs}
    titles |= {each.name: f"{each.name}, {box_title(each)}" for each in in_the_box}
    return known[choose_named("Trained network", RUN, titles, next(iter(known)))]


def choose_other(run: Run, runs: Sequence[Run]) -> Run | None:
    """Draw the menu of the runs on the same data, ``?other=ID``; None where there is none."""
    others = [other for other in runs if other.id != run.id and other.plan.data == run.plan.data]
    if not others:
        return None
    # Where the seed divides the data, another seed has other test pictures.
    others.sort(key=lambda other: other.plan.options.seed != run.plan.options.seed)
    return choose_among("Compare with", OTHER, others, others[0].id)


def choose_view() -> str:
    """Draw the menu of views."""
    return choose_segment("View", VIEWS, VIEWS[0], "view")


def say_unknown(runs: Sequence[Run], in_the_box: Sequence[Bundled]) -> None:
    """Say so where the address names a run that is not there, or has learned nothing yet."""
    known = {*(run.id for run in runs), *(each.name for each in in_the_box)}
    for name in (RUN, OTHER):
        asked = st.query_params.get(name)
        if asked and asked not in known:
            st.warning(
                f"There is no run {plain(asked)} with a checkpoint: it is new, or was deleted.",
                icon=":material/link_off:",
            )
