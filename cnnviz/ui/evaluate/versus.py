"""Compares two runs on the same images: which is better, and significantly so?"""

import numpy as np
import pandas as pd
import streamlit as st

from cnnviz.runs.run import Run
from cnnviz.training.evaluation.mcnemar import McNemar, mcnemar
from cnnviz.ui.evaluate.evaluated import Evaluated, evaluated
from cnnviz.ui.evaluate.mistakes import show_images
from cnnviz.ui.parts import address
from cnnviz.ui.parts.page import plain
from cnnviz.ui.runs.choice import choose_run, runs_with_checkpoints
from cnnviz.ui.runs.words import run_label

MAX_IMAGES = 24  # images that only one of the two classifies correctly
SIGNIFICANCE = 0.05


def show_comparison(subject: Evaluated) -> None:
    """Draw the menu of other runs on the same data, and the comparison with the chosen one."""
    other = _choose_other(subject.run)
    if other is None:
        st.info(
            "There is no other run on the same data. Train one with other settings.",
            icon=":material/model_training:",
        )
        st.page_link("pages/train.py", label="Train", icon=":material/arrow_forward:")
        return
    second = evaluated(other)
    if second is not None:
        show_versus(subject, second)


def _choose_other(run: Run) -> Run | None:
    """The run to compare with, ``?other=ID`` in the address; None if there is none."""
    runs = runs_with_checkpoints()
    others = [other for other in runs if other.id != run.id and other.plan.data == run.plan.data]
    if not others:
        return None
    # If the seed splits the data, another seed has other test images.
    others.sort(key=lambda other: other.plan.options.seed != run.plan.options.seed)
    return choose_run(others, address.OTHER_RUN, "Compare with")


def show_versus(first: Evaluated, second: Evaluated) -> None:
    """Draw accuracies, McNemar's test and the images that only one classifies correctly.

    Raises:
        ValueError: The runs were tested on different images.
    """
    test = mcnemar(first.evaluation.predictions, second.evaluation.predictions)
    names = [plain(run_label(each.run)) for each in (first, second)]
    for column, each, name in zip(st.columns(2), (first, second), names, strict=True):
        column.metric(name, f"{each.evaluation.accuracy:.2%}")
    st.markdown(f"**{verdict(test)}**")
    _show_counts(test, names)
    st.caption(
        "Exact McNemar test (1947): only images that exactly one of the two classifies correctly "
        "count. If both were equally good, each of these images would be a coin toss. p is the "
        "two-sided binomial probability of a split at least this unequal. The test compares "
        "these two trained networks; another seed gives another network."
    )
    right, other = (each.evaluation.predictions.correct for each in (first, second))
    # Each image is shown with the wrong prediction.
    _show_only(names[0], right & ~other, second)
    _show_only(names[1], other & ~right, first)


def verdict(test: McNemar) -> str:
    """The result of the test in a sentence."""
    p = "p < 0.001" if test.p_value < 0.001 else f"p = {test.p_value:.3f}"
    if test.only_first == test.only_second:
        return f"Both have the same accuracy ({p})."
    better = "first" if test.only_first > test.only_second else "second"
    if test.p_value < SIGNIFICANCE:
        return f"The {better} is better, and the difference is statistically significant ({p})."
    return f"The {better} is better, but the difference is not statistically significant ({p})."


def _show_counts(test: McNemar, names: list[str]) -> None:
    table = pd.DataFrame(
        [[test.both, test.only_first], [test.only_second, test.neither]],
        index=["First correct", "First wrong"],
        columns=["Second correct", "Second wrong"],
    )
    st.table(table)
    st.caption(f"Number of images. First: {names[0]}. Second: {names[1]}.")


def _show_only(name: str, mask: np.ndarray, wrong: Evaluated) -> None:
    positions = np.flatnonzero(mask)
    st.subheader(f"Only {name} is correct: {len(positions):,}")
    if not len(positions):
        st.caption("There are no such images.")
        return
    confidence = wrong.evaluation.confidence[positions]
    ordered = positions[np.argsort(-confidence, kind="stable")][:MAX_IMAGES]
    limit = f" Only the {MAX_IMAGES} most confident ones are shown."
    st.caption(
        "Under each image: the prediction of the other network and its probability."
        + (limit if len(positions) > MAX_IMAGES else "")
    )
    show_images(wrong, ordered)
