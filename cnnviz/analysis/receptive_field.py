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

from torch import nn

from cnnviz.analysis.graph import NetworkGraph, Node
from cnnviz.architectures import Layer


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


def receptive_fields(graph: NetworkGraph) -> tuple[ReceptiveField, ...]:
    """The field of every node of a graph, in the order of its nodes (along the image's width)."""
    fields = [ReceptiveField(0, 0, 1)]
    for node in graph.layers:
        fields.append(_through(window(node), _union([fields[index] for index in node.inputs])))
    return tuple(fields)


def window(node: Node) -> Window:
    """The window of a layer along the image's width."""
    module = node.module
    if isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
        dilation = 1 if isinstance(module, nn.AvgPool2d) else module.dilation
        sizes = (module.kernel_size, module.stride, module.padding, dilation)
        kernel_size, stride, padding, dilation = map(_along, sizes)
        return Window(kernel_size, stride, padding, dilation)
    if isinstance(module, nn.AdaptiveAvgPool2d):
        return _adaptive(node.input_shapes[0][-1], node.output_shape[-1])
    if isinstance(module, Layer):
        return Window(module.kernel_size, module.stride)
    if _flattens(node):
        return Window(node.input_shapes[0][-1], node.input_shapes[0][-1])
    return Window()


def _flattens(node: Node) -> bool:
    return bool(node.input_shapes) and len(node.input_shapes[0]) > len(node.output_shape)


def _along(size: int | Sequence[int] | str | None) -> int:
    """The last of (height, width), or the one number that stands for both."""
    if isinstance(size, Sequence):
        size = size[-1]
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
