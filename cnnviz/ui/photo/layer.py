"""A layer of a network that looks at a photo, passed whole to what shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.reading import position, read_at
from cnnviz.analysis.receptive_field import unit_field
from cnnviz.ui.photo.subject import Subject
from cnnviz.vision.capture import Place

Pixel = tuple[int, int]  # row, column


@dataclass(frozen=True, eq=False)
class LayerOfSubject:
    """A layer of a network that looks at a photo.

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
        return position(self.graph, self.name)

    @property
    def place(self) -> Place:
        """Where its output can be had."""
        return Place(*read_at(self.graph, self.graph.nodes[self.index]))

    def activation(self, subject: Subject | None = None) -> np.ndarray:
        """What it puts out for the photo, (C, H, W); that of another subject's network if given."""
        return (subject or self.subject).at(self.place)

    def field(self, unit: Pixel) -> tuple[Pixel, Pixel]:
        """First and last pixel that one of its units sees, perhaps outside of the image."""
        top, bottom = unit_field(self.graph, self.index, unit[0], "height")
        left, right = unit_field(self.graph, self.index, unit[1], "width")
        return (top, left), (bottom, right)
