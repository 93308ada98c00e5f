"""A node of a network's graph, one layer or operation, and shapes as people write them."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn

from cnnviz.analysis.kinds import Kind, kind_of, kind_of_operation

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Node:
    """One layer or operation.

    Attributes:
        name: Module path ("stages.0.1.conv1"); for an operation the path of its block and its kind.
        kind: What it is called on screen.
        stage: "stem", "stage 1", ..., or "head".
        inputs: Positions in ``NetworkGraph.nodes`` of the nodes that it reads.
        input_shapes: Shapes that it reads, without N: (C, H, W) or (features,).
        output_shape: Shape that it makes, without N.
        module: The layer itself (on the meta device), or None for an operation and for the input.
        training_only: Part of an auxiliary head, which does not run when the network is used.
    """

    name: str
    kind: str
    stage: str
    inputs: tuple[int, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    module: nn.Module | None
    training_only: bool = False

    @property
    def type(self) -> Kind:
        """The layer's row in the table of layer types."""
        return kind_of_operation(self.kind) if self.module is None else kind_of(self.module)


def shape_text(shape: Sequence[int]) -> str:
    """A shape as people write it: "64 x 56 x 56"."""
    return " x ".join(str(size) for size in shape)
