"""Traces a channel of a node's output back to the filter that computes it."""

from dataclasses import dataclass
from itertools import accumulate, pairwise

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.node import Node
from cnnviz.architectures.resnet import PaddedShortcut


@dataclass(frozen=True)
class Maker:
    """Where a map comes from.

    Attributes:
        index: Position in ``NetworkGraph.nodes`` of the node that makes it.
        channel: Which of that node's output channels, from 0: of a convolution, which filter.
        through: Positions of the nodes between it and the map, in the order of execution.
    """

    index: int
    channel: int
    through: tuple[int, ...] = ()


def maker(graph: NetworkGraph, index: int, channel: int) -> Maker | None:
    """The convolution that makes one channel of a node's output, and which of its filters does.

    None where no single filter makes it: it is a sum or a mean of several maps, a constant, a
    channel of the image itself, or no feature map.

    Args:
        graph: A network's graph.
        index: Position of the node in ``graph.nodes``.
        channel: From 0 to the node's channels - 1.

    Raises:
        ValueError: The node has no such channel.
    """
    source = origin(graph, index, channel)
    return source if graph.nodes[source.index].type.has_filters else None


def origin(graph: NetworkGraph, index: int, channel: int) -> Maker:
    """The node that makes one channel of a node's output of others: a convolution, a sum, ...

    Nodes that keep channels apart are passed, and so are concatenations. For the arguments see
    ``maker``.

    Raises:
        ValueError: The node has no such channel.
    """
    shape = graph.nodes[index].output_shape
    if not 0 <= channel < shape[0]:
        raise ValueError(f"channel must be from 0 to {shape[0] - 1}; received {channel}.")
    through: list[int] = []
    while (before := _read(graph.nodes[index], channel)) is not None:
        through.append(index)
        index, channel = before
    return Maker(index, channel, tuple(reversed(through)))


def _read(node: Node, channel: int) -> tuple[int, int] | None:
    """The input and its channel that alone make a channel of a node; None if there is none."""
    if len(node.output_shape) != 3:
        return None
    if node.kind == "concatenation":
        return _part(node, channel)
    if isinstance(node.module, PaddedShortcut):
        channel -= node.module.channels[0]
        is_filled = not 0 <= channel < node.input_shapes[0][0]
        return None if is_filled else (node.inputs[0], channel)
    return (node.inputs[0], channel) if node.type.keeps_channels else None


def _part(node: Node, channel: int) -> tuple[int, int] | None:
    """The input of a concatenation that a channel lies in, and which of its channels it is."""
    borders = accumulate((shape[0] for shape in node.input_shapes), initial=0)
    for source, (first, end) in zip(node.inputs, pairwise(borders), strict=True):
        if first <= channel < end:
            return source, channel - first
    return None
