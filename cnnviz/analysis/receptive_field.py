"""Receptive fields by interval arithmetic: size, jump and start, right for branches.

A unit's field is the interval of input pixels that can change it. A layer of kernel size k,
dilation d, stride s and padding p turns the field [first, last] with jump j of its input into
[first - p j, last + (d (k - 1) - p) j] with jump s j (Dumoulin and Visin 2016, section 5; Araujo,
Norris, Sim 2019, equation 2, with both borders kept). Where branches meet, the field is the
smallest interval that holds all of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from torch import nn

from cnnviz.analysis.graph import Graph, NetworkGraph, Node
from cnnviz.architectures import Layer

Axis = Literal["height", "width"]
AXES: dict[Axis, int] = {"height": -2, "width": -1}  # positions in (C, H, W)


@dataclass(frozen=True)
class ReceptiveField:
    """The field of a layer's first unit along one side of the image.

    Attributes:
        first: First pixel that it sees (0 is the border of the image; padding makes it negative).
        last: Last pixel that it sees.
        jump: Pixels between the fields of two neighbouring units.
    """

    first: float
    last: float
    jump: float

    @property
    def size(self) -> int:
        """Side of the field in pixels; it may exceed the image."""
        return round(self.last - self.first + 1)

    @property
    def start(self) -> float:
        """Centre of the first unit's field in pixels, where the first pixel's centre is 0.5."""
        return (self.first + self.last + 1) / 2


@dataclass(frozen=True)
class Window:
    """What one output unit reads of the input map, along one side, in input units."""

    kernel_size: int = 1
    stride: float = 1
    padding: int = 0
    dilation: int = 1


def receptive_fields(graph: Graph, axis: Axis = "width") -> tuple[ReceptiveField, ...]:
    """The field of every node of a graph, in the order of its nodes, along one side of an image."""
    fields = [ReceptiveField(0, 0, 1)]
    for node in graph.layers:
        inputs = _union([fields[index] for index in node.inputs])
        fields.append(_through(window(node, axis), inputs))
    return tuple(fields)


def unit_field(graph: NetworkGraph, index: int, unit: int, axis: Axis = "width") -> tuple[int, int]:
    """First and last pixel that one unit of a node sees along one side of the image.

    That is first + unit jump and last + unit jump of the node's ``ReceptiveField``, but for
    adaptive pooling into windows of unequal size, where only the way back from the unit is exact.

    Args:
        graph: A network's graph.
        index: Position of the node in ``graph.nodes``.
        unit: The unit's row or column, 0 for a layer without feature maps.
        axis: Which side of the image.
    """
    seen = {index: (unit, unit)}
    for position in range(index, 0, -1):
        if position in seen:
            node = graph.nodes[position]
            first, last = _read(node, *seen.pop(position), axis)
            for source in node.inputs:
                low, high = seen.get(source, (first, last))
                seen[source] = (min(low, first), max(high, last))
    return seen[0]


def _read(node: Node, first: int, last: int, axis: Axis) -> tuple[int, int]:
    """The units of its input that a layer's units from first to last read."""
    if isinstance(node.module, nn.AdaptiveAvgPool2d):
        size, output = node.input_shapes[0][AXES[axis]], node.output_shape[AXES[axis]]
        return first * size // output, -(-(last + 1) * size // output) - 1
    found = window(node, axis)
    stride, reach = int(found.stride), found.dilation * (found.kernel_size - 1)
    return first * stride - found.padding, last * stride - found.padding + reach


def window(node: Node, axis: Axis = "width") -> Window:
    """The window of a layer along one side of the image."""
    module = node.module
    if isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
        dilation = 1 if isinstance(module, nn.AvgPool2d) else module.dilation
        sizes = (module.kernel_size, module.stride, module.padding, dilation)
        kernel_size, stride, padding, dilation = (_along(size, axis) for size in sizes)
        return Window(kernel_size, stride, padding, dilation)
    if isinstance(module, nn.AdaptiveAvgPool2d):
        return _adaptive(node.input_shapes[0][AXES[axis]], node.output_shape[AXES[axis]])
    if isinstance(module, Layer):
        return Window(module.kernel_size, module.stride)
    if _flattens(node):
        size = node.input_shapes[0][AXES[axis]]
        return Window(size, size)
    return Window()


def _flattens(node: Node) -> bool:
    return bool(node.input_shapes) and len(node.input_shapes[0]) > len(node.output_shape)


def _along(size: int | Sequence[int] | str | None, axis: Axis) -> int:
    """One of (height, width), or the one number that stands for both."""
    if isinstance(size, Sequence):
        size = size[AXES[axis]]
    assert isinstance(size, int)
    return size


def _adaptive(size: int, output: int) -> Window:
    """Adaptive pooling averages pixels floor(i size / output) to ceil((i + 1) size / output)."""
    lengths = (-(-(i + 1) * size // output) - i * size // output for i in range(output))
    return Window(max(lengths), size / output)


def _through(window: Window, field: ReceptiveField) -> ReceptiveField:
    reach = window.dilation * (window.kernel_size - 1)
    return ReceptiveField(
        field.first - window.padding * field.jump,
        field.last + (reach - window.padding) * field.jump,
        field.jump * window.stride,
    )


def _union(fields: Sequence[ReceptiveField]) -> ReceptiveField:
    return ReceptiveField(
        min(field.first for field in fields),
        max(field.last for field in fields),
        fields[0].jump,
    )
