"""Places in a network for the lab: before an activation, the first batch norm, and joins."""

from dataclasses import dataclass
from functools import cache

import torch

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.kinds import BATCH_NORM, kind_of
from cnnviz.analysis.node import Node
from cnnviz.architectures import ARCHITECTURES, NetworkSpec, build
from cnnviz.vision.capture import Place

JOINS = ("addition", "concatenation")


@dataclass(frozen=True, eq=False)
class BeforeActivation:
    """The output of a convolution before its activation.

    Attributes:
        node: The convolution, or the batch norm that follows it.
        is_normalised: Whether it is a batch norm.
        reader: The next node, or None.
    """

    node: Node
    is_normalised: bool
    reader: Node | None


def before_activation(graph: NetworkGraph, index: int) -> BeforeActivation:
    """The output of a convolution, after its batch norm if it has one.

    Args:
        graph: Graph of the network.
        index: Position of the convolution in ``graph.nodes``.
    """
    place, readers = index, _readers(graph, index)
    while norms := [at for at in readers if graph.nodes[at].type is BATCH_NORM]:
        place = norms[0]
        readers = _readers(graph, place)
    reader = graph.nodes[readers[0]] if readers else None
    return BeforeActivation(graph.nodes[place], place != index, reader)


def first_batch_norm(graph: NetworkGraph) -> Node | None:
    """The first batch norm in forward order, or None."""
    norms = (node for node in graph.nodes if node.type is BATCH_NORM)
    return next((node for node in norms if not node.training_only), None)


@cache
def variants_with_batch_norm() -> tuple[str, ...]:
    """The first variant with batch norm of each family that has one."""
    names = (next(filter(has_batch_norm, family.variants), None) for family in ARCHITECTURES)
    return tuple(filter(None, names))


def has_batch_norm(network_of: str | NetworkSpec) -> bool:
    """Whether a network has batch norm."""
    with torch.device("meta"):
        network = build(network_of)
    return any(kind_of(module) is BATCH_NORM for module in network.modules())


def _readers(graph: NetworkGraph, index: int) -> list[int]:
    return [at for at, node in enumerate(graph.nodes) if index in node.inputs]


@dataclass(frozen=True)
class Join:
    """An addition or concatenation of maps.

    Attributes:
        name: Path of its block and its kind, as in the layer table.
        kind: "addition" or "concatenation".
        parts: Places of the joined maps, in the network's order; at least two.
    """

    name: str
    kind: str
    parts: tuple[Place, ...]


def joins(graph: NetworkGraph) -> list[Join]:
    """All additions and concatenations of maps in forward order.

    Joins of intermediate results of operations, such as products with a gate, are omitted.
    """
    joined = []
    for node in graph.nodes:
        if node.kind not in JOINS or len(node.inputs) < 2 or len(node.output_shape) != 3:
            continue
        parts = tuple(Place(*graph.read_at(number)) for number in node.inputs)
        if not any(part.layer in graph.blocks for part in parts):
            joined.append(Join(node.name, node.kind, parts))
    return joined
