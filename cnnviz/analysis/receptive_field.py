"""Receptive fields by interval arithmetic: size, jump and start, right for branches.

A unit's field is the interval of input pixels that can change it. A layer of kernel size k,
dilation d, stride s and padding p turns the field [first, last] with jump j of its input into
[first - p j, last + (d (k - 1) - p) j] with jump s j (Dumoulin and Visin 2016, section 5; Araujo,
Norris, Sim 2019, equation 2, with both borders kept). Where branches meet, the field is the
smallest interval that holds all of theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any, Literal

from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.kinds import is_adaptive
from cnnviz.analysis.kinds.window import sliding
from cnnviz.analysis.node import Node

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


def receptive_fields(graph: NetworkGraph, axis: Axis = "width") -> tuple[ReceptiveField, ...]:
    """The field of every node of a graph, in the order of its nodes, along one side of an image."""
    fields = [ReceptiveField(0, 0, 1)]
    for node in graph.layers:
        inputs = union([fields[index] for index in node.inputs])
        fields.append(_through(window(node, axis), inputs))
    return tuple(fields)


def unit_field(graph: NetworkGraph, index: int, unit: int, axis: Axis = "width") -> tuple[int, int]:
    """First and last pixel that one unit of a node sees along one side of the image.

    That is first + unit jump and last + unit jump of the node's ``ReceptiveField``, but where
    windows are of unequal size (adaptive pooling, transposed convolutions, interpolation): there
    only the way back from the unit is exact.

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
    role, slid = node.type.role, _slid(node, axis)
    if role == "transposed convolution":
        assert slid is not None
        stride, begin = int(slid.stride), first + slid.padding - _reach(slid)
        return -(-begin // stride), (last + slid.padding) // stride
    if role == "upsampling":
        return _interpolated_from(node, first, axis)[0], _interpolated_from(node, last, axis)[1]
    if is_adaptive(node.module):
        size, output = _sizes(node, axis)
        return first * size // output, -(-(last + 1) * size // output) - 1
    slid = window(node, axis)
    stride = int(slid.stride)
    return first * stride - slid.padding, last * stride - slid.padding + _reach(slid)


def _interpolated_from(node: Node, unit: int, axis: Axis) -> tuple[int, int]:
    """First and last unit of its input that a unit of an upsampled map is computed from."""
    (size, output), reach = _sizes(node, axis), _interpolates_over(node)
    if not reach:
        return unit * size // output, unit * size // output
    place = Fraction((2 * unit + 1) * size - output, 2 * output)
    return floor(place - reach) + 1, ceil(place + reach) - 1


def window(node: Node, axis: Axis = "width") -> Window:
    """The window of a layer along one side of the image; the largest, where they differ."""
    module: Any = node.module
    role, slid = node.type.role, _slid(node, axis)
    if slid:
        return _transposed(slid) if role == "transposed convolution" else slid
    if is_adaptive(module):
        return _adaptive(*_sizes(node, axis))
    if role == "upsampling":
        (size, output), reach = _sizes(node, axis), _interpolates_over(node)
        return Window(max(2 * reach, 1), size / output, reach)
    if role == "padding":
        left, _, top, _ = module.padding
        return Window(padding=left if axis == "width" else top)
    if node.inputs and len(node.input_shapes[0]) > len(node.output_shape):
        size = node.input_shapes[0][AXES[axis]]
        return Window(size, size)
    return Window()


def _slid(node: Node, axis: Axis) -> Window | None:
    """The window that a layer slides along one side, by its settings."""
    slid = sliding(node.module)
    if slid is None:
        return None
    sides = (slid.kernel_size, slid.stride, slid.padding, slid.dilation)
    kernel_size, stride, padding, dilation = (side[AXES[axis]] for side in sides)
    return Window(kernel_size, stride, padding, dilation)


def _transposed(slid: Window) -> Window:
    """It slides over the output; an output is made of all inputs whose windows hold it."""
    stride, reach = int(slid.stride), _reach(slid)
    return Window(reach // stride + 1, 1 / stride, (reach - slid.padding) // stride)


def _reach(window: Window) -> int:
    return window.dilation * (window.kernel_size - 1)


def _interpolates_over(node: Node) -> int:
    """How far interpolation looks to each side; nearest neighbours are taken as they are."""
    module: Any = node.module
    return {"bilinear": 1, "bicubic": 2}.get(module.mode, 0)


def _sizes(node: Node, axis: Axis) -> tuple[int, int]:
    """The sides of a layer's input and of its output."""
    return node.input_shapes[0][AXES[axis]], node.output_shape[AXES[axis]]


def _adaptive(size: int, output: int) -> Window:
    """Adaptive pooling averages pixels floor(i size / output) to ceil((i + 1) size / output)."""
    lengths = (-(-(i + 1) * size // output) - i * size // output for i in range(output))
    return Window(max(lengths), size / output)


def _through(window: Window, field: ReceptiveField) -> ReceptiveField:
    return ReceptiveField(
        field.first - window.padding * field.jump,
        field.last + (_reach(window) - window.padding) * field.jump,
        field.jump * window.stride,
    )


def union(fields: Sequence[ReceptiveField]) -> ReceptiveField:
    """The smallest field that holds all of several."""
    return ReceptiveField(
        min(field.first for field in fields),
        max(field.last for field in fields),
        fields[0].jump,
    )
