"""Photo, network with weights, and class that a page shows."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.architectures import Network, NetworkSpec
from cnnviz.images.preprocessing import Preprocessing
from cnnviz.ui.photo.controls import Photo
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.server.cached import cached_graph, cached_layer_table, cached_network, inference_turn
from cnnviz.vision.cam.class_activation import class_maps
from cnnviz.vision.capture import Place
from cnnviz.vision.forward_pass import ForwardPass, activations, forward_pass
from cnnviz.vision.prediction import labels, network_input, preprocessing, seen_by
from cnnviz.weights.sources import WeightsSource, sources


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
        return _timed_pass(self).forward_pass

    @property
    def pass_seconds(self) -> float:
        """Duration of the forward pass."""
        return _timed_pass(self).seconds

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

    def maps(self, layers: tuple[str, ...], method: str) -> TimedMaps:
        """Class activation maps by a method that is not slow, by layer."""
        return _maps(self, self.class_index, layers, method)


@dataclass(frozen=True, eq=False)
class TimedPass:
    """A forward pass of a photo, with its duration in seconds."""

    forward_pass: ForwardPass
    seconds: float


@dataclass(frozen=True, eq=False)
class TimedMaps:
    """Class activation maps by layer, with their seconds beyond the forward pass."""

    maps: dict[str, np.ndarray]
    seconds: float


@results.remember
def _timed_pass(subject: Subject) -> TimedPass:
    network = subject.network
    with st.spinner("Looking at the photo ..."), inference_turn():
        started = time.perf_counter()
        passed = forward_pass(network, network_input(subject.spec, subject.photo.image))
        return TimedPass(passed, time.perf_counter() - started)


@results.remember
def _maps(subject: Subject, class_index: int, layers: tuple[str, ...], method: str) -> TimedMaps:
    network, passed = subject.network, subject.passed
    with st.spinner("Following the gradient ..."), inference_turn():
        started = time.perf_counter()
        maps = class_maps(network, passed, class_index, layers, method)
        return TimedMaps(maps, time.perf_counter() - started)


@results.remember
def _activation(subject: Subject, place: Place) -> np.ndarray:
    network, passed = subject.network, subject.passed
    with inference_turn():
        activation: np.ndarray = activations(network, passed, [place])[place][0].numpy()
        return activation
