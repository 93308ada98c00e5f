"""Where a network adds or concatenates maps, and where what it joins can be looked at."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.reading import read_at
from cnnviz.vision.capture import Place

KINDS = ("addition", "concatenation")


@dataclass(frozen=True)
class Join:
    """A place where maps meet.

    Attributes:
        name: Path of its block and its kind, as in the layer table.
        kind: "addition" or "concatenation".
        parts: Where each part can be looked at, in the network's order; at least two.
    """

    name: str
    kind: str
    parts: tuple[Place, ...]


def joins(graph: NetworkGraph) -> list[Join]:
    """All additions and concatenations of maps in forward order.

    A part that only operations read, such as the products of a gate, has no place of its own; its
    join is left out.
    """
    found = []
    for node in graph.nodes:
        if node.kind not in KINDS or len(node.inputs) < 2 or len(node.output_shape) != 3:
            continue
        parts = tuple(Place(*read_at(graph, graph.nodes[number])) for number in node.inputs)
        if not any(part.layer in graph.blocks for part in parts):
            found.append(Join(node.name, node.kind, parts))
    return found
