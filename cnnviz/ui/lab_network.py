"""The first convolution of a trained network and what it makes of the visitor's photo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from torch import nn

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.ui.cached import cached_activation, cached_graph
from cnnviz.ui.photo_controls import Photo
from cnnviz.ui.subject import Subject
from cnnviz.ui.subject_controls import chosen_subject
from cnnviz.ui.weights_controls import choose_trained
from cnnviz.vision.capture import Place
from cnnviz.vision.prediction import preprocessing


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

    @property
    def maps(self) -> np.ndarray:
        """What it makes of the photo, (K, H, W), before batch norm and ReLU."""
        who = self.subject
        place = Place(self.name)
        return cached_activation(who.spec, who.weights, who.photo.key, place, who.photo.image)


def choose_first_convolution(photo: Photo | None) -> FirstConvolution | None:
    """Draw the network's controls; its first convolution, or None after saying what is missing."""
    with st.sidebar:
        trained = choose_trained()
    subject = chosen_subject(photo, trained)
    if subject is None:
        return None
    graph = cached_graph(subject.spec, preprocessing(subject.spec).crop)
    index = next(
        number for number, node in enumerate(graph.nodes) if isinstance(node.module, nn.Conv2d)
    )
    return FirstConvolution(subject, graph, index)
