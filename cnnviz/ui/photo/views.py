"""A page with several views of one photo in one network, of which one is shown at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from cnnviz.ui.page import open_page
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled
from cnnviz.ui.photo.chosen import chosen_subject, show_or_say
from cnnviz.ui.photo.controls import choose_photo
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.photo.weights import choose_trained


@dataclass(frozen=True)
class View:
    """One way to look at a photo in a network.

    Attributes:
        question: The page's heading while it is shown.
        show: Draws it.
        label: On its button; else its name in the address, capitalised.
    """

    question: str
    show: Callable[[Subject], object]
    label: str = ""


def show_page(title: str, views: Mapping[str, View]) -> None:
    """Draw a page: sidebar, heading, and the chosen view.

    Args:
        title: In the browser.
        views: By their names in the address; the first is shown at first.
    """
    open_page(title)
    with st.sidebar:
        photo = choose_photo()
        trained = choose_trained()
    heading = st.container()
    view = _choose(views)
    heading.title(view.question)
    subject = chosen_subject(photo, trained)
    if subject:
        show_or_say(partial(view.show, subject))


def _choose(views: Mapping[str, View]) -> View:
    labels = {name: view.label or name.capitalize() for name, view in views.items()}
    return views[choose_labelled("View", labels, address.VIEW)]
