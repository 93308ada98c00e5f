"""Where a network adds or concatenates maps, and where what it joins can be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cnnviz.analysis.graph import NetworkGraph
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

    A part that no layer puts out or reads, such as a sum that goes into another sum alone, cannot
    be looked at; its join is left out.
    """
    found = []
    for node in graph.nodes:
        places = [_place(graph, number) for number in node.inputs]
        parts = tuple(place for place in places if place is not None)
        if node.kind in KINDS and 1 < len(parts) == len(places) and len(node.output_shape) == 3:
            found.append(Join(node.name, node.kind, parts))
    return found


def _place(graph: NetworkGraph, number: int) -> Place | None:
    """Where the output of a node is: at its layer, or at one that reads it."""
    node = graph.nodes[number]
    if node.module is not None:
        return Place(node.name)
    return next(_readers(graph, number), None)


def _readers(graph: NetworkGraph, number: int) -> Iterator[Place]:
    for node in graph.layers:
        if node.module is not None and number in node.inputs:
            yield Place(node.name, node.inputs.index(number))
