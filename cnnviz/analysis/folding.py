"""A network's graph, folded: stages into blocks, blocks into layers, repeated blocks shown once.

What a drawing shows is a cut through the tree of blocks: an open block shows its parts, a closed
one is a single item. Neighbouring blocks of the same make are one item, "x 6".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate

import pandas as pd

from cnnviz.analysis import counting
from cnnviz.analysis.blocks import Block, block_tree
from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.kinds.window import sliding
from cnnviz.analysis.node import Node

# How many items a drawing shows before anyone opens a block: what a projector has room for.
BUDGETS = {"volumes": 100, "graph": 40, "block": 40}


@dataclass(frozen=True, eq=False)
class Folded:
    """The items and links of a folded network.

    Attributes:
        items: One row an item, in the order of execution. Columns: path; layer (the one whose
            output the item shows); title; kind (that of the layer, or "block"); detail (of a
            layer: "3x3, stride 2"); stage; repeats; output_shape; input_channels (of a
            concatenation: channels of each input, else ()); layers; params and macs (of all
            repeats); join (the kind of the operation that closes a block with a skip connection,
            else ""); training_only.
        links: Pairs of rows (source, target).
        frames: Open blocks: path, title, repeats, first and last row.
        item_of: The row that shows each node of the graph; -1 for those outside of the block.
    """

    items: pd.DataFrame
    links: tuple[tuple[int, int], ...]
    frames: tuple[Frame, ...]
    item_of: tuple[int, ...]


@dataclass(frozen=True)
class Frame:
    """An open block: the rows of ``Folded.items`` from ``first`` to ``last``."""

    path: str
    title: str
    repeats: int
    first: int
    last: int


@dataclass(frozen=True)
class Shown:
    """What is shown of a network.

    Attributes:
        repeated: Whether equal neighbours are one item.
        hide_shape_keeping: Whether ReLU, batch norm, dropout ... are left out, as a drawing of
            volumes does: they neither make nor change one.
        within: Show this block alone, with what it reads as the input.
    """

    repeated: bool = True
    hide_shape_keeping: bool = False
    within: Block | None = None


ALL = Shown()


@dataclass(frozen=True, eq=False)
class Folding:
    """The tree of a graph's blocks, which can be folded at any level."""

    graph: NetworkGraph

    @cached_property
    def root(self) -> Block:
        """The whole network."""
        return block_tree(self.graph)

    @cached_property
    def blocks(self) -> dict[str, Block]:
        """Every block but the root by its path, outer ones first."""
        blocks: dict[str, Block] = {}

        def collect(block: Block) -> None:
            for part in block.parts:
                if isinstance(part, Block):
                    blocks[part.path] = part
                    collect(part)

        collect(self.root)
        return blocks

    def anatomies(self) -> list[Block]:
        """The blocks worth drawing by themselves, one of each make, the most telling first.

        Those that join paths: with identity shortcuts first, outer ones first, and first what is
        built most often. Where no block joins paths, the parts.
        """
        joining = [b for b in self.blocks.values() if "." in b.path and b.joins]
        inner = [b for b in joining if b.path.count(".") > 1 or not _holds(b, joining)]
        shown = inner or [part for part in self.root.parts if isinstance(part, Block)]
        distinct = {block.make: block for block in reversed(shown)}
        often = Counter(block.order for block in shown)
        return sorted(
            distinct.values(),
            key=lambda b: (not b.skips, b.path.count("."), -often[b.order], b.first),
        )

    def opened(self, budget: int, shown: Shown = ALL) -> frozenset[str]:
        """The blocks to open, level by level, while at most ``budget`` items are shown."""
        opened: frozenset[str] = frozenset()
        items = self.fold(opened, shown).items
        while True:
            deeper = opened | set(items.loc[items["kind"] == "block", "path"])
            items = self.fold(deeper, shown).items
            if deeper == opened or len(items) > budget:
                return opened
            opened = deeper

    def fold(self, opened: Collection[str], shown: Shown = ALL) -> Folded:
        """Fold the graph: the items and links that remain where these blocks show their parts."""
        return _Cut(self, frozenset(opened), shown).of(shown.within or self.root)

    @cached_property
    def _sums(self) -> tuple[list[int], list[int]]:
        """Parameters and MACs of all nodes before each position, and of all."""
        nodes = self.graph.nodes
        params, macs = map(counting.params, nodes), map(counting.macs, nodes)
        return list(accumulate(params, initial=0)), list(accumulate(macs, initial=0))

    def sums(self, first: int, last: int) -> dict[str, int]:
        """Parameters and MACs of the nodes from ``first`` to ``last``."""
        params, macs = self._sums
        return {"params": params[last + 1] - params[first], "macs": macs[last + 1] - macs[first]}


@dataclass(frozen=True)
class View:
    """The part of a network that is shown, and how.

    Attributes:
        kind: "volumes", "graph" or "block"; a key of ``BUDGETS``.
        block: Path of the block that is shown alone; "" is the most telling one.
        full: Whether the graph draws repeated blocks one by one, with all their connections.
        toggled: Blocks that are not as the drawing opens them by itself.
    """

    kind: str = "volumes"
    block: str = ""
    full: bool = False
    toggled: frozenset[str] = frozenset()

    def of(self, folding: Folding) -> Folded:
        """Fold a network as this view shows it."""
        is_block = self.kind == "block"
        within = folding.blocks.get(self.block) or folding.anatomies()[0] if is_block else None
        shown = Shown(not is_block, self.kind == "volumes", within)
        # Unfolding the repeats opens no more blocks than folding them does.
        opened = folding.opened(BUDGETS[self.kind], shown)
        shown = replace(shown, repeated=shown.repeated and not self.full)
        return folding.fold(opened ^ self.toggled & folding.blocks.keys(), shown)


@dataclass
class _Cut:
    folding: Folding
    opened: frozenset[str]
    shown: Shown
    rows: list[dict[str, object]] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    item_of: dict[int, int] = field(default_factory=dict)
    unseen: set[int] = field(default_factory=set)

    @property
    def graph(self) -> NetworkGraph:
        return self.folding.graph

    def of(self, block: Block) -> Folded:
        outside = {source for node in block.nodes for source in node.inputs if source < block.first}
        for source in sorted(outside):
            row = _layer_row(self.graph.nodes[source]) | {"title": "input", "kind": "input"}
            self._add(row | {"params": 0, "macs": 0, "detail": ""}, [source])
        self._show(block)
        items = pd.DataFrame(self.rows)
        item_of = tuple(self.item_of.get(i, -1) for i in range(len(self.graph.nodes)))
        return Folded(items, self._links(block), tuple(self.frames), item_of)

    def _show(self, block: Block) -> None:
        for first, last, repeats in block.runs(self.shown.repeated):
            if isinstance(first, int):
                self._show_layer(first)
            elif first.path in self.opened:
                assert isinstance(last, Block)
                self._show_open(first, last, repeats)
            else:
                assert isinstance(last, Block)
                sums = self.folding.sums(first.first, last.last)
                row = _block_row(self.graph, first, repeats) | sums
                self._add(row, range(first.first, last.last + 1))

    def _show_open(self, first: Block, last: Block, repeats: int) -> None:
        start = len(self.rows)
        self._show(first)
        end = len(self.rows) - 1
        if end < start:
            return
        self.frames.append(Frame(first.path, first.title, repeats, start, end))
        repeated = range(first.last + 1, last.last + 1)
        self.unseen.update(repeated)
        self.item_of.update(dict.fromkeys(repeated, self.item_of[first.last]))

    def _show_layer(self, position: int) -> None:
        node = self.graph.nodes[position]
        if self.shown.hide_shape_keeping and node.module is not None and node.type.keeps_shape:
            self.item_of[position] = self.item_of.get(node.inputs[0], 0)
        else:
            self._add(_layer_row(node), [position])

    def _add(self, row: dict[str, object], positions: Collection[int]) -> None:
        self.item_of.update(dict.fromkeys(positions, len(self.rows)))
        self.rows.append(row)

    def _links(self, block: Block) -> tuple[tuple[int, int], ...]:
        """Links between items; what only repeated blocks read among themselves is not shown."""
        links = {
            (self.item_of.get(source, 0), self.item_of[target]): None
            for target in range(block.first, block.last + 1)
            if target not in self.unseen
            for source in self.graph.nodes[target].inputs
        }
        return tuple((source, target) for source, target in links if source != target)


def _layer_row(node: Node) -> dict[str, object]:
    channels = tuple(s[0] for s in node.input_shapes) if node.kind == "concatenation" else ()
    return {
        "path": node.name,
        "layer": node.name,
        "title": node.kind,
        "kind": node.kind,
        "detail": _detail(node),
        "stage": node.stage,
        "repeats": 1,
        "output_shape": node.output_shape,
        "input_channels": channels,
        "layers": 1,
        "params": counting.params(node),
        "macs": counting.macs(node),
        "join": "",
        "training_only": node.training_only,
    }


def _block_row(graph: NetworkGraph, block: Block, repeats: int) -> dict[str, object]:
    last = graph.nodes[block.last]
    return _layer_row(last) | {
        "path": block.path,
        "title": block.title,
        "kind": "block",
        "detail": "",
        "stage": graph.nodes[block.first].stage,
        "repeats": repeats,
        "input_channels": (),
        "layers": block.last - block.first + 1,
        "join": block.closing_join,
    }


def _holds(block: Block, others: Collection[Block]) -> bool:
    """Whether a block holds another one of several."""
    return any(b is not block and block.first <= b.first <= b.last <= block.last for b in others)


def _detail(node: Node) -> str:
    window = sliding(node.module)
    if window is None or (window.kernel_size == (1, 1) and node.type.role != "convolution"):
        return ""
    text = "x".join(map(str, window.kernel_size))
    groups = getattr(node.module, "groups", 1)
    text += f", {groups} groups" if groups > 1 else ""
    return text if window.stride == (1, 1) else f"{text}, stride {window.stride[0]}"
