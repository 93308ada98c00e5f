"""Photo and trained network of a page, or a message on what to choose; a page of views of them."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from cnnviz.architectures import architecture_of
from cnnviz.ui.parts import address
from cnnviz.ui.parts.layout import Section, choose_section
from cnnviz.ui.parts.page import made_or_said, open_page
from cnnviz.ui.photo.controls import Photo, choose_photo
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.photo.trained import WeightedNetwork
from cnnviz.ui.photo.weights import choose_trained


def chosen_subject(
    photo: Photo | None, trained: WeightedNetwork | None, needs_maps: bool = True
) -> Subject | None:
    """Photo and network chosen in the sidebar; None, with a message, where one is missing.

    What the network was trained on here is said; an untrained network is labelled as such.

    Args:
        photo: Of ``choose_photo``.
        trained: Of ``choose_trained``.
        needs_maps: Whether the page looks at feature maps.
    """
    if trained is None:
        st.info("Download the weights in the sidebar, or choose other weights or another network.")
    elif needs_maps and not architecture_of(trained.spec.variant).has_feature_maps:
        st.info("This network has no feature maps; choose a convolutional one.")
    elif photo is None:
        st.info("Choose a sample photo, or upload your own, in the sidebar.")
    else:
        subject = Subject(trained.spec, trained.weights, photo)
        say_origin(subject.is_random, trained.about, "its predictions are meaningless")
        return subject
    return None


def say_origin(is_random: bool, about: str, untrained: str) -> None:
    """Draw a warning for random weights, or the training data of trained ones.

    Args:
        is_random: Whether the network is untrained.
        about: What ``WeightedNetwork.about`` says.
        untrained: What an untrained network's result is worth, as the end of a sentence.
    """
    if is_random:
        st.warning(
            f"Random weights: this network is untrained, {untrained}.", icon=":material/casino:"
        )
    elif about:
        st.info(about, icon=":material/model_training:")


def show_page(title: str, views: Mapping[str, Section]) -> None:
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
    view = choose_section("View", views, address.VIEW)
    heading.title(view.question)
    subject = chosen_subject(photo, trained)
    if subject:
        made_or_said(partial(view.show, subject))
