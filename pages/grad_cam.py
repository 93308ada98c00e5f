"""Grad-CAM and its kin: what does the network answer, where did it look, and is that so?"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from cnnviz.ui.augmentation_view import show_augmentations
from cnnviz.ui.cam_controls import choose_opacity
from cnnviz.ui.cam_sections import (
    show_belief,
    show_classes,
    show_methods,
    show_one_map,
    show_stages,
)
from cnnviz.ui.crops_view import show_crops
from cnnviz.ui.history_view import show_history
from cnnviz.ui.occlusion_view import show_occlusion
from cnnviz.ui.page import open_page
from cnnviz.ui.photo_controls import choose_photo
from cnnviz.ui.subject import Subject
from cnnviz.ui.subject_controls import chosen_subject, show_or_say
from cnnviz.ui.weights_controls import choose_trained

VIEWS: dict[str, Callable[[Subject], None]] = {
    "one map": show_one_map,
    "methods": show_methods,
    "networks": show_history,
    "classes": show_classes,
    "stages": show_stages,
    "believe it?": show_belief,
    "occlusion": lambda subject: show_occlusion(subject, choose_opacity()),
    "crops": show_crops,
    "augmentation": show_augmentations,
}
QUESTIONS = {
    "one map": "Where does the network look?",
    "methods": "Do all methods say the same?",
    "networks": "One photo through history",
    "classes": "Where is the one class, where the other?",
    "stages": "From edges to objects: where does each stage look?",
    "believe it?": "Is the map to be believed?",
    "occlusion": "What happens where it cannot look?",
    "crops": "Does it answer the same for every crop?",
    "augmentation": "What does each augmentation do to the answer?",
}


def choose_view() -> str:
    """The menu of the page's sections."""
    chosen = st.segmented_control(
        "View", list(VIEWS), default="one map", required=True, key="view", bind="query-params"
    )
    return chosen if chosen in VIEWS else "one map"


open_page("Grad-CAM")
with st.sidebar:
    photo = choose_photo()
    trained = choose_trained()
heading = st.container()
view = choose_view()
heading.title(QUESTIONS[view])
subject = chosen_subject(photo, trained)
if subject:
    show_or_say(partial(VIEWS[view], subject))
