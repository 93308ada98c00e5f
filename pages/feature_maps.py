"""Feature maps: what does each layer see of a photo, by which filters, and what does it like?"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from cnnviz.ui.filter_view import show_classic
from cnnviz.ui.map_sections import (
    show_layer_exciting,
    show_layer_filters,
    show_layer_maps,
    show_layer_visualisation,
)
from cnnviz.ui.page import open_page
from cnnviz.ui.photo_controls import choose_photo
from cnnviz.ui.strip_view import show_strip
from cnnviz.ui.subject import Subject
from cnnviz.ui.subject_controls import chosen_subject, show_or_say
from cnnviz.ui.weights_controls import choose_trained

VIEWS: dict[str, Callable[[Subject], None]] = {
    "maps": show_layer_maps,
    "filters": show_layer_filters,
    "shallow to deep": show_strip,
    "what excites it": show_layer_exciting,
    "what it dreams of": show_layer_visualisation,
    "classic filters": lambda subject: show_classic(subject.photo),
}
QUESTIONS = {
    "maps": "What does each layer see?",
    "filters": "Which filter makes which map?",
    "shallow to deep": "How does what it sees change from shallow to deep?",
    "what excites it": "What excites a map most?",
    "what it dreams of": "Which image would excite a map most?",
    "classic filters": "Filtering is convolution",
}


def choose_view() -> str:
    """The menu of the page's sections."""
    chosen = st.segmented_control(
        "View", list(VIEWS), default="maps", required=True, key="view", bind="query-params"
    )
    return chosen if chosen in VIEWS else "maps"


open_page("Feature maps")
with st.sidebar:
    photo = choose_photo()
    trained = choose_trained()
heading = st.container()
view = choose_view()
heading.title(QUESTIONS[view])
subject = chosen_subject(photo, trained)
if subject:
    show_or_say(partial(VIEWS[view], subject))
