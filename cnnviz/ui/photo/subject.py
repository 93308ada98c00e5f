"""Photo, network with weights, class and layer that a page shows."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from PIL import Image

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.receptive_field import unit_field
from cnnviz.architectures import Network, NetworkSpec
from cnnviz.images.preprocessing import Preprocessing
from cnnviz.ui.photo.controls import Photo
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.server.cached import (
    Timed,
    cached_graph,
    cached_layer_table,
    cached_network,
    inference_turn,
    timed_inference,
)
from cnnviz.vision.cam.class_activation import class_maps
from cnnviz.vision.cam.heatmap import Heatmap
from cnnviz.vision.capture import Place
from cnnviz.vision.forward_pass import ForwardPass, activations, forward_pass
from cnnviz.vision.prediction import labels, network_input, preprocessing, seen_by
from cnnviz.weights.sources import WeightsSource, sources

Pixel = tuple[int, int]  # row, column


@dataclass(frozen=True, eq=False)
class Subject:
    """A photo, a network with weights, and a class.

    Attributes:
        spec: The network.
        weights: Where its weights come from.
        photo: What it looks at.
        asked_class: The class that the visitor asks about; None is the most probable one.
    """

    spec: NetworkSpec
    weights: WeightsSource
    photo: Photo
    asked_class: int | None = None

    @property
    def cache_key(self) -> Hashable:
        """Cache key of results that do not depend on the class."""
        return (self.spec, self.weights, self.photo.key)

    @property
    def key(self) -> Hashable:
        """Cache key of results that depend on the class."""
        return (self.cache_key, self.class_index)

    # The network.

    @property
    def network(self) -> Network:
        """The network with its weights, frozen and in eval mode; all visitors share it."""
        return cached_network(self.spec, self.weights)

    @property
    def preprocessing(self) -> Preprocessing:
        """Preprocessing of the network's input."""
        return preprocessing(self.spec)

    @property
    def side(self) -> int:
        """Height and width of the network's input in pixels."""
        return self.preprocessing.crop

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the network's classes, by index."""
        return labels(self.spec)

    @property
    def graph(self) -> NetworkGraph:
        """Graph of the network at its training resolution."""
        return cached_graph(self.spec, self.side)

    @property
    def layer_table(self) -> pd.DataFrame:
        """Layer table of the network at its training resolution."""
        return cached_layer_table(self.spec, self.side)

    @property
    def is_random(self) -> bool:
        """Whether the network is untrained."""
        return self.weights.kind == "random"

    @property
    def untrained(self) -> Subject:
        """The same photo and class with random weights."""
        *_, random_weights = sources(self.spec.variant)
        return replace(self, weights=random_weights, asked_class=self.class_index)

    # The photo in the network.

    @cached_property
    def seen(self) -> Image.Image:
        """The network's input before normalisation, RGB."""
        return seen_by(self.spec, self.photo.image)

    @property
    def passed(self) -> ForwardPass:
        """The forward pass of the photo; all views use it."""
        return _pass(self).value

    @property
    def pass_seconds(self) -> float:
        """Duration of the forward pass."""
        return _pass(self).seconds

    @property
    def probabilities(self) -> np.ndarray:
        """The network's softmax output, float32 (num_classes,)."""
        return self.passed.probabilities

    def at(self, place: Place) -> np.ndarray:
        """The activation at a place of the network, float32 (C, H, W)."""
        return _activation(self, place)

    # The class.

    def about(self, class_index: int | None) -> Subject:
        """The same photo and network with another class."""
        return replace(self, asked_class=class_index)

    @cached_property
    def class_index(self) -> int:
        """Index of the class; by default the most probable one."""
        if self.asked_class is not None:
            return self.asked_class
        return int(self.passed.logits.argmax())

    @property
    def label(self) -> str:
        """Name of the class."""
        return self.labels[self.class_index]

    @property
    def probability(self) -> float:
        """Probability of the class."""
        return float(self.probabilities[self.class_index])

    def maps(self, layers: tuple[str, ...], method: str) -> Timed[dict[str, Heatmap]]:
        """Class activation maps by layer, with their time beyond the forward pass."""
        return _maps(self, self.class_index, layers, method)


@dataclass(frozen=True, eq=False)
class LayerOfSubject:
    """A layer of a network, with the photo whose activations are shown.

    Attributes:
        subject: The network and the photo.
        name: Of the layer or operation.
    """

    subject: Subject
    name: str

    @property
    def graph(self) -> NetworkGraph:
        """Of the network."""
        return self.subject.graph

    @property
    def index(self) -> int:
        """Position of its node in the graph."""
        return self.graph.position(self.name)

    @property
    def place(self) -> Place:
        """Place of the layer's output for ``captured``."""
        return Place(*self.graph.read_at(self.index))

    def activation(self, subject: Subject | None = None) -> np.ndarray:
        """The layer's output for the photo, (C, H, W), in this or another network."""
        return (subject or self.subject).at(self.place)

    def field(self, unit: Pixel) -> tuple[Pixel, Pixel]:
        """First and last pixel of a unit's receptive field; may be outside of the image."""
        top, bottom = unit_field(self.graph, self.index, unit[0], "height")
        left, right = unit_field(self.graph, self.index, unit[1], "width")
        return (top, left), (bottom, right)


@results.remember
def _pass(subject: Subject) -> Timed[ForwardPass]:
    network = subject.network
    image = network_input(subject.spec, subject.photo.image)
    return timed_inference("Looking at the photo ...", lambda: forward_pass(network, image))


@results.remember
def _maps(
    subject: Subject, class_index: int, layers: tuple[str, ...], method: str
) -> Timed[dict[str, Heatmap]]:
    network, passed = subject.network, subject.passed
    return timed_inference(
        "Following the gradient ...",
        lambda: class_maps(network, passed, class_index, layers, method),
    )


@results.remember
def _activation(subject: Subject, place: Place) -> np.ndarray:
    network, passed = subject.network, subject.passed
    with inference_turn:
        activation: np.ndarray = activations(network, passed, [place])[place][0].numpy()
        return activation
