"""The tree of a network's blocks: their nesting, and which blocks are identical."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.kinds.window import sliding
from cnnviz.analysis.node import Node

# Operations by which a block takes up again what it read.
JOINS = ("addition", "concatenation", "mean")
# Containers that say less than their place does.
UNNAMED = ("Sequential", "ModuleDict", "ModuleList", "Branches", "")
# Their paths say nothing of their own: stages.0 is a part, stages is none.
NUMBERED = ("stages", "auxiliary")


@dataclass(frozen=True, eq=False)
class Block:
    """A run of layers with a common module path.

    Attributes:
        path: The module path ("stages.0.1"); "" is the whole network.
        title: What to call it ("basic block").
        first, last: Positions of its first and last node in ``NetworkGraph.nodes``.
        parts: Its blocks, and the positions of layers that are in none of them, in order.
        graph: The graph that it is a part of.
    """

    path: str
    title: str
    first: int
    last: int
    parts: tuple[Block | int, ...]
    graph: NetworkGraph

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Its layers and operations."""
        return self.graph.nodes[self.first : self.last + 1]

    @property
    def joins(self) -> bool:
        """Whether it has an operation with more than one input."""
        return any(len(node.inputs) > 1 for node in self.nodes)

    @property
    def skips(self) -> bool:
        """Whether it has a skip connection from its input."""
        return any(len(n.inputs) > 1 and min(n.inputs) < self.first for n in self.nodes)

    @property
    def closing_join(self) -> str:
        """The operation that joins its output with its input, or nothing."""
        for node in reversed(self.nodes):
            if node.kind == "addition" or (node.kind in JOINS and min(node.inputs) < self.first):
                return node.kind
        return ""

    @cached_property
    def make(self) -> tuple[tuple[object, ...], ...]:
        """A key that is equal for blocks with the same layers, windows and output shapes."""
        return tuple(filter(None, (_layer_make(node, self.path) for node in self.nodes)))

    @property
    def order(self) -> tuple[object, ...]:
        """Names and classes of the block's layers, whatever their sizes."""
        return tuple(layer[:2] for layer in self.make)

    def runs(self, repeated: bool) -> Iterator[tuple[Block | int, Block | int, int]]:
        """First part, last part and length of each run of equal blocks; other parts are alone.

        Args:
            repeated: Whether a run counts as one; else every part stands alone.
        """
        for _, run in groupby(
            self.parts, lambda p: p.make if repeated and isinstance(p, Block) else id(p)
        ):
            parts = list(run)
            yield parts[0], parts[-1], len(parts)


def block_tree(graph: NetworkGraph) -> Block:
    """The whole network as one block, whose parts are its stem, stages and head."""
    return _block(graph, "", 1, len(graph.nodes) - 1)


def _block(graph: NetworkGraph, path: str, first: int, last: int) -> Block:
    """The block of the nodes from ``first`` to ``last``, whose names begin with ``path``."""
    parts: list[Block | int] = []
    for child, run in groupby(range(first, last + 1), lambda i: _child(graph.nodes[i].name, path)):
        positions = list(run)
        names = {graph.nodes[i].name for i in positions}
        if child in names and len(names) == 1:
            parts += positions
        else:
            parts.append(_block(graph, child, positions[0], positions[-1]))
    # A part is one step below the network: "stem", "stages.0".
    is_part = path.count(".") == path.startswith(tuple(f"{part}." for part in NUMBERED))
    title = graph.nodes[first].stage if is_part else _title(path, graph.blocks.get(path, ""))
    return Block(path, title, first, last, tuple(parts), graph)


def _child(name: str, path: str) -> str:
    """The path one step below ``path`` towards a layer; "stages.0" is one step."""
    rest = name.removeprefix(path).lstrip(".").split(".")
    steps = 2 if not path and rest[0] in NUMBERED else 1
    return ".".join([*([path] if path else []), *rest[:steps]])


def _layer_make(node: Node, path: str) -> tuple[object, ...] | None:
    """What two blocks must share layer by layer; inputs may differ, as dense layers' do."""
    if node.module is None:
        return None
    shape = None if node.type.keeps_shape else node.output_shape
    make = type(node.module).__name__  # not the kind, which may name a factor
    return node.name.removeprefix(path), make, sliding(node.module), shape


def _title(path: str, class_name: str) -> str:
    last = path.rsplit(".", 1)[-1]
    if class_name in UNNAMED and not last.isdigit():
        return last.replace("_", " ")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", class_name).lower()
