"""The first convolution of a network and its maps of the visitor's photo."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import streamlit as st
import torch

from cnnviz.lab.network_places import BeforeActivation, before_activation
from cnnviz.lab.reshaping import small_photo
from cnnviz.ui.parts.page import made_or_said
from cnnviz.ui.photo.chosen import chosen_subject
from cnnviz.ui.photo.controls import Photo, choose_photo
from cnnviz.ui.photo.subject import LayerOfSubject
from cnnviz.ui.photo.weights import choose_trained
from cnnviz.vision.capture import Place


class FirstConvolution(LayerOfSubject):
    """The convolution that reads the image."""

    @cached_property
    def before(self) -> BeforeActivation:
        """Where its maps are when the network's own activation reads them."""
        return before_activation(self.graph, self.index)

    @property
    def handed_on(self) -> np.ndarray:
        """Its maps there, (K, H, W): behind a batch norm if one follows, before any activation."""
        return self.subject.at(Place(self.before.node.name))

    @property
    def says(self) -> str:
        """A sentence on the layers between the convolution and the activation."""
        before = self.before
        through = (
            f"behind the batch norm that follows, {before.node.name}"
            if before.is_normalised
            else "as it puts them out"
        )
        reader = before.reader
        reads = f"; in the network {reader.name} ({reader.kind}) reads them next" if reader else ""
        return f"The maps are those of {self.name}, {through}{reads}."


def choose_photo_or_say() -> Photo | None:
    """Draw the photo's controls in the sidebar; None, after asking for one, without a photo."""
    with st.sidebar:
        photo = choose_photo()
    if photo is None:
        st.info("Choose a photo in the sidebar.")
    return photo


def choose_small_photo(channels: int) -> torch.Tensor:
    """The visitor's photo as ``small_photo`` makes it.

    Raises:
        ValueError: There is none yet.
    """
    photo = choose_photo()
    if photo is None:
        raise ValueError("Choose a photo in the sidebar.")
    return small_photo(photo.image, channels)


def choose_first_convolution(photo: Photo | None) -> FirstConvolution | None:
    """Draw the network's controls; its first convolution, or None after saying what is missing."""
    with st.sidebar:
        trained = choose_trained()
    subject = chosen_subject(photo, trained)
    if subject is None:
        return None
    nodes = subject.graph.nodes
    return FirstConvolution(
        subject, next(node.name for node in nodes if node.type.role == "convolution")
    )


def show_on_photo(show: Callable[[FirstConvolution], object]) -> None:
    """Ask for a photo and a network, and draw what ``show`` makes of its first convolution."""
    with st.sidebar:
        photo = choose_photo()
    first = choose_first_convolution(photo)
    if first:
        made_or_said(lambda: show(first))
