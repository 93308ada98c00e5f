"""Additions and concatenations of maps in a network."""

from dataclasses import dataclass

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.reading import read_at
from cnnviz.vision.capture import Place

KINDS = ("addition", "concatenation")


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
        if node.kind not in KINDS or len(node.inputs) < 2 or len(node.output_shape) != 3:
            continue
        parts = tuple(Place(*read_at(graph, graph.nodes[number])) for number in node.inputs)
        if not any(part.layer in graph.blocks for part in parts):
            joined.append(Join(node.name, node.kind, parts))
    return joined
