"""What a page looks at: a photo, a network with its weights, and one class."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.architectures import Network, NetworkSpec
from cnnviz.ui.photo.controls import Photo
from cnnviz.ui.server.cached import (
    TimedMaps,
    TimedPass,
    cached_activation,
    cached_graph,
    cached_maps,
    cached_network,
    cached_pass,
)
from cnnviz.vision.capture import Place
from cnnviz.vision.prediction import labels, preprocessing
from cnnviz.weights.sources import WeightsSource, sources


@dataclass(frozen=True, eq=False)
class Subject:
    """A photo in the eyes of a network.

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
    def key(self) -> Hashable:
        """Identifies it in caches and tasks."""
        return (self.spec, self.weights, self.photo.key, self.class_index)

    @property
    def network(self) -> Network:
        """Shared by all visitors: frozen, in eval mode."""
        return cached_network(self.spec, self.weights)

    @property
    def graph(self) -> NetworkGraph:
        """Of the network, for an image as it is trained on."""
        return cached_graph(self.spec, preprocessing(self.spec).crop)

    def at(self, place: Place) -> np.ndarray:
        """What is at a place of the network for the photo, float32 (C, H, W)."""
        photo = self.photo
        return cached_activation(self.spec, self.weights, photo.key, place, photo.image)

    @property
    def passed(self) -> TimedPass:
        """The photo's pass through the network."""
        return cached_pass(self.spec, self.weights, self.photo.key, self.photo.image)

    @property
    def class_index(self) -> int:
        """The class that is looked for."""
        if self.asked_class is not None:
            return self.asked_class
        return int(self.passed.found.logits.argmax())

    @property
    def label(self) -> str:
        """The name of that class."""
        return labels(self.spec)[self.class_index]

    def maps(self, layers: tuple[str, ...], method: str) -> TimedMaps:
        """Class activation maps by a method that is not slow, by layer."""
        return cached_maps(
            self.spec,
            self.weights,
            self.photo.key,
            self.class_index,
            layers,
            method,
            self.photo.image,
        )

    def about(self, class_index: int | None) -> Subject:
        """The same photo and network, asked about another class."""
        return replace(self, asked_class=class_index)

    @property
    def probability(self) -> float:
        """What the network gives that class."""
        return float(self.passed.found.probabilities[self.class_index])

    @property
    def untrained(self) -> Subject:
        """The same photo and class in the eyes of a network with random weights."""
        *_, random_weights = sources(self.spec.variant)
        return replace(self, weights=random_weights, asked_class=self.class_index)

    @property
    def is_random(self) -> bool:
        """Whether the network is untrained."""
        return self.weights.kind == "random"
