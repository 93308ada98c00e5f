"""The first convolution of a trained network and what it makes of the visitor's photo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.lab.network_places import BeforeActivation, before_activation
from cnnviz.ui.photo.chosen import chosen_subject, show_or_say
from cnnviz.ui.photo.controls import Photo, choose_photo
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.photo.weights import choose_trained
from cnnviz.vision.capture import Place


@dataclass(frozen=True, eq=False)
class FirstConvolution:
    """The convolution that reads the image.

    Attributes:
        subject: The network and the photo.
        graph: Of the network.
        index: Position of the convolution in the graph's nodes.
    """

    subject: Subject
    graph: NetworkGraph
    index: int

    @property
    def name(self) -> str:
        """Its path in the network."""
        return self.graph.nodes[self.index].name

    @cached_property
    def before(self) -> BeforeActivation:
        """Where its maps are when the network's own activation reads them."""
        return before_activation(self.graph, self.index)

    @property
    def handed_on(self) -> np.ndarray:
        """Its maps there, (K, H, W): behind a batch norm if one follows, before any activation."""
        return self.at(Place(self.before.node.name))

    @property
    def says(self) -> str:
        """What was done to the maps so far, and what reads them."""
        before = self.before
        through = (
            f"behind the batch norm that follows, {before.node.name}"
            if before.is_normalised
            else "as it puts them out"
        )
        reader = before.reader
        reads = f"; in the network {reader.name} ({reader.kind}) reads them next" if reader else ""
        return f"The maps are those of {self.name}, {through}{reads}."

    def at(self, place: Place) -> np.ndarray:
        """What is at a place of the network for the photo, (K, H, W)."""
        return self.subject.at(place)


def choose_first_convolution(photo: Photo | None) -> FirstConvolution | None:
    """Draw the network's controls; its first convolution, or None after saying what is missing."""
    with st.sidebar:
        trained = choose_trained()
    subject = chosen_subject(photo, trained)
    if subject is None:
        return None
    graph = subject.graph
    index = next(
        number for number, node in enumerate(graph.nodes) if node.type.role == "convolution"
    )
    return FirstConvolution(subject, graph, index)


def show_on_photo(show: Callable[[FirstConvolution], object]) -> None:
    """Ask for a photo and a network, and draw what ``show`` makes of its first convolution."""
    with st.sidebar:
        photo = choose_photo()
    found = choose_first_convolution(photo)
    if found:
        show_or_say(lambda: show(found))
