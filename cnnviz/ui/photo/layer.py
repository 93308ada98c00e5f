"""A layer of a network, with the photo whose activations are shown."""

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
        return position(self.graph, self.name)

    @property
    def place(self) -> Place:
        """Place of the layer's output for ``captured``."""
        return Place(*read_at(self.graph, self.graph.nodes[self.index]))

    def activation(self, subject: Subject | None = None) -> np.ndarray:
        """The layer's output for the photo, (C, H, W), in this or another network."""
        return (subject or self.subject).at(self.place)

    def field(self, unit: Pixel) -> tuple[Pixel, Pixel]:
        """First and last pixel of a unit's receptive field; may be outside of the image."""
        top, bottom = unit_field(self.graph, self.index, unit[0], "height")
        left, right = unit_field(self.graph, self.index, unit[1], "width")
        return (top, left), (bottom, right)
