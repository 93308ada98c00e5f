"""Photo and trained network of a page, or a message on what to choose; a page of views of them."""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial

import streamlit as st

from cnnviz.architectures import architecture_of
from cnnviz.ui.parts import address
from cnnviz.ui.parts.layout import Section, choose_section
from cnnviz.ui.parts.page import made_or_said, open_page, plain
from cnnviz.ui.photo.controls import Photo, choose_photo
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.photo.weighted import WeightedNetwork
from cnnviz.ui.photo.weights import choose_trained
from cnnviz.weights.state_dict import WeightsError


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
        say_origin(trained, "its predictions are meaningless")
        return Subject(trained.spec, trained.weights, photo)
    return None


def say_origin(trained: WeightedNetwork, untrained: str) -> None:
    """Draw a warning for random weights, the training data of trained ones, doubts about a file.

    Args:
        trained: The network with its weights.
        untrained: What an untrained network's result is worth, as the end of a sentence.
    """
    if trained.is_random:
        say_random(untrained)
    elif trained.about:
        st.info(trained.about, icon=":material/model_training:")
    for remark in _remarks(trained):
        st.warning(plain(remark), icon=":material/help:")


def say_random(untrained: str) -> None:
    """Draw a warning that weights are random; ``untrained`` is the end of its sentence."""
    st.warning(f"Random weights: this network is untrained, {untrained}.", icon=":material/casino:")


def _remarks(trained: WeightedNetwork) -> tuple[str, ...]:
    with suppress(WeightsError):  # the page says it where it needs the network
        return trained.remarks
    return ()


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
