"""The evaluation of a bundled network, from its record."""

import streamlit as st

from cnnviz.architectures import architecture_of
from cnnviz.training.bundled import Bundled
from cnnviz.ui.evaluate.view import (
    show_calibration,
    show_classes,
    show_matrix,
    show_numbers,
    worst_cell,
)
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import show_chosen_view
from cnnviz.ui.parts.page import plain
from cnnviz.ui.photo.trained import bundled_text
from cnnviz.ui.runs.curves import show_recorded_curves

ON = ":material/arrow_forward:"
LOOK_INSIDE = {"pages/feature_maps.py": "Feature maps", "pages/grad_cam.py": "Grad-CAM"}


def show_bundled(chosen: Bundled) -> None:
    """Draw the scores of a bundled network and the chosen view."""
    st.info(
        bundled_text(chosen),
        icon=":material/model_training:",
    )
    show_numbers(chosen.evaluation)
    show_chosen_view(VIEWS, address.BUNDLED_VIEW, chosen)
    st.divider()
    _show_next_steps(chosen)


def _show_next_steps(chosen: Bundled) -> None:
    variant = chosen.spec.variant
    network = {address.ARCHITECTURE: architecture_of(variant).name, address.VARIANT: variant}
    st.markdown("Look inside this network with a photo of yours:")
    with st.container(horizontal=True):
        for page, label in LOOK_INSIDE.items():
            st.page_link(
                page,
                label=label,
                icon=ON,
                query_params=address.query({**network, address.WEIGHTS: chosen.name}),
            )
    st.markdown(
        "These scores were recorded after training. A run of your own also shows misclassified "
        "images, where the network looked, and how two runs differ."
    )
    st.page_link("pages/train.py", label="Train", icon=ON)


def _show_confusion(chosen: Bundled) -> None:
    evaluation = chosen.evaluation
    show_matrix(evaluation, f"confusion_{chosen.name}")
    label, predicted = worst_cell(evaluation.confusion)
    st.caption(
        f"Most frequent confusion: {evaluation.confusion[label, predicted]:,} of "
        f"{evaluation.scores[label].support:,} images of **{plain(evaluation.classes[label])}** "
        f"are predicted as **{plain(evaluation.classes[predicted])}**."
    )


def _show_curves(chosen: Bundled) -> None:
    show_recorded_curves(chosen.name, chosen.curves)
    st.caption(
        "Training values are means over the steps since the previous point, with augmentation and "
        f"dropout enabled. Command to repeat the run: `{chosen.record['command']}`"
    )


VIEWS = {
    "classes": ("Per class", lambda chosen: show_classes(chosen.evaluation)),
    "confusion": ("Confusion matrix", _show_confusion),
    "calibration": ("Calibration", lambda chosen: show_calibration(chosen.evaluation)),
    "curves": ("Training curves", _show_curves),
}
