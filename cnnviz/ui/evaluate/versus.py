"""Two runs on the same pictures: which is better, and is the difference more than chance?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from cnnviz.training.evaluation.mcnemar import McNemar, mcnemar
from cnnviz.ui.evaluate.mistakes import show_pictures
from cnnviz.ui.evaluate.view import Evaluated
from cnnviz.ui.parts.markdown import plain
from cnnviz.ui.runs.words import run_label

MAX_PICTURES = 24  # that only one of the two gets right
SURE = 0.05


def show_versus(first: Evaluated, second: Evaluated) -> None:
    """The accuracies, McNemar's four counts and test, and the pictures that tell the two apart.

    Raises:
        ValueError: The runs were tested on different pictures.
    """
    found = mcnemar(first.evaluation.predictions, second.evaluation.predictions)
    names = [plain(run_label(each.run)) for each in (first, second)]
    for column, each, name in zip(st.columns(2), (first, second), names, strict=True):
        column.metric(name, f"{each.evaluation.accuracy:.2%}")
    st.markdown(f"**{verdict(found)}**")
    _show_counts(found, names)
    st.caption(
        "McNemar 1947, exact form: only the pictures count that exactly one of the two gets "
        "right. Were both equally good, each of these would be the one's or the other's like the "
        "toss of a coin; p is the two-sided probability of so unequal a division (binomial). It "
        "speaks of these two trained networks: another seed gives another network."
    )
    only_first = first.evaluation.predictions.correct & ~second.evaluation.predictions.correct
    only_second = second.evaluation.predictions.correct & ~first.evaluation.predictions.correct
    # Beside each picture stands what the one that is wrong takes it for.
    _show_only(names[0], only_first, second)
    _show_only(names[1], only_second, first)


def verdict(found: McNemar) -> str:
    """What the test says, in a sentence."""
    p = "p < 0.001" if found.p_value < 0.001 else f"p = {found.p_value:.3f}"
    if found.only_first == found.only_second:
        return f"Both are right equally often ({p})."
    better = "first" if found.only_first > found.only_second else "second"
    if found.p_value < SURE:
        return f"The {better} is better, and the difference is more than chance explains ({p})."
    return f"The {better} is right more often, but chance alone can explain the difference ({p})."


def _show_counts(found: McNemar, names: list[str]) -> None:
    table = pd.DataFrame(
        [[found.both, found.only_first], [found.only_second, found.neither]],
        index=["First right", "First wrong"],
        columns=["Second right", "Second wrong"],
    )
    st.table(table)
    st.caption(f"Pictures. First: {names[0]}. Second: {names[1]}.")


def _show_only(name: str, mask: np.ndarray, wrong: Evaluated) -> None:
    positions = np.flatnonzero(mask)
    st.subheader(f"Only {name} is right: {len(positions):,}")
    if not len(positions):
        st.caption("There is no such picture.")
        return
    sure = wrong.evaluation.confidence[positions]
    ordered = positions[np.argsort(-sure, kind="stable")][:MAX_PICTURES]
    which = f" These are the {MAX_PICTURES} of which it is most sure."
    st.caption(
        "Under each picture: what the other one calls it, and how surely."
        + (which if len(positions) > MAX_PICTURES else "")
    )
    show_pictures(wrong.run, wrong.evaluation, ordered)
