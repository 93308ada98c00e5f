"""How good a network in the box is: what its record tells, for its pictures are not in the box."""

from __future__ import annotations

import streamlit as st

from cnnviz.architectures import architecture_of
from cnnviz.training.bundled import Bundled
from cnnviz.training.evaluation.record import RecordedEvaluation
from cnnviz.ui.evaluate.view import (
    show_calibration,
    show_classes,
    show_matrix,
    show_numbers,
    worst_cell,
)
from cnnviz.ui.parts.markdown import plain
from cnnviz.ui.parts.segments import choose_segment
from cnnviz.ui.photo.trained import box_text
from cnnviz.ui.runs.curves import show_recorded_curves

ON = ":material/arrow_forward:"
LOOK_INSIDE = {"pages/feature_maps.py": "Feature maps", "pages/grad_cam.py": "Grad-CAM"}
VIEWS = ("classes", "confusion", "calibration", "curves")


def show_bundled(chosen: Bundled) -> None:
    """What was tested on what, the numbers, and the view that is chosen of them."""
    found = chosen.evaluation
    st.info(
        f"{box_text(chosen)} Its best weights were chosen by these pictures.",
        icon=":material/model_training:",
    )
    show_numbers(found)
    view = choose_segment("View", VIEWS, VIEWS[0], "box_view")
    if view == "classes":
        show_classes(found)
    elif view == "confusion":
        _show_confusion(chosen.name, found)
    elif view == "calibration":
        show_calibration(found)
    else:
        _show_curves(chosen)
    st.divider()
    _show_ways_on(chosen)


def _show_ways_on(chosen: Bundled) -> None:
    variant = chosen.spec.variant
    network = {"architecture": architecture_of(variant).name, "variant": variant}
    st.markdown("Look inside this network, on a photo of yours:")
    with st.container(horizontal=True):
        for page, label in LOOK_INSIDE.items():
            st.page_link(
                page, label=label, icon=ON, query_params={**network, "weights": chosen.name}
            )
    st.markdown(
        "These numbers were recorded when the network was trained. A run of your own shows the "
        "pictures too: which are mistaken, where the network looked, and how two runs differ."
    )
    st.page_link("pages/train.py", label="Train", icon=ON)


def _show_confusion(name: str, found: RecordedEvaluation) -> None:
    st.markdown("A row is a class, a column what its pictures are called; the diagonal is right.")
    show_matrix(found, f"confusion_{name}")
    label, predicted = worst_cell(found.confusion)
    st.caption(
        f"The most frequent confusion: {found.confusion[label, predicted]:,} of "
        f"{found.scores[label].support:,} pictures of **{plain(found.classes[label])}** are called "
        f"**{plain(found.classes[predicted])}**."
    )


def _show_curves(chosen: Bundled) -> None:
    show_recorded_curves(chosen.name, chosen.curves)
    st.caption(
        "Train values are means over the steps since the point before, with augmentation and "
        f"dropout at work. The same run in a terminal: `{chosen.record['command']}`"
    )
