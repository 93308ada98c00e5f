"""What a layer computes for one image: multiply-accumulates, and operations without weights."""

from __future__ import annotations

import copy
from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

if TYPE_CHECKING:
    from cnnviz.analysis.node import Node

# What interpolation computes for an output: products with 4 or 16 neighbours, and their sum.
INTERPOLATIONS = {"bilinear": 4 + 3, "bicubic": 16 + 15}


def nothing(node: Node) -> int:
    """Nothing is computed."""
    return 0


def per_output(count: int) -> Callable[[Node], int]:
    """That many operations for each element of the output."""
    return lambda node: count * prod(node.output_shape)


def multiplied(node: Node) -> int:
    """Each output is made of as many products as its filter or its row of weights has numbers."""
    return prod(node.output_shape) * prod(_weight(node).shape[1:])


def spread(node: Node) -> int:
    """A transposed convolution multiplies each number of its input by all weights that read it."""
    return prod(node.input_shapes[0]) * prod(_weight(node).shape[1:])


def _weight(node: Node) -> torch.Tensor:
    assert node.module is not None
    return node.module.get_parameter("weight")


def normalised(node: Node) -> int:
    """Mean, difference, square, variance and quotient; then a scale and a shift, if any."""
    is_affine = getattr(node.module, "weight", None) is not None
    return (7 if is_affine else 5) * prod(node.output_shape)


def response_normalised(node: Node) -> int:
    """A square, n - 1 additions, scale, shift, power, division."""
    module: Any = node.module
    return (int(module.size) + 4) * prod(node.output_shape)


def compared(node: Node) -> int:
    """A maximum takes one comparison less than it reads numbers."""
    return averaged(node) - prod(node.output_shape)


def averaged(node: Node) -> int:
    """As many additions and divisions as all windows of a pooling read numbers."""
    module: Any = node.module
    if not hasattr(module, "kernel_size"):
        return adaptively_read(node)
    size = module.kernel_size
    return (size**2 if isinstance(size, int) else prod(size)) * prod(node.output_shape)


def adaptively_read(node: Node) -> int:
    """Elements that all windows of an adaptive pooling read together; neighbours may overlap.

    Along a side, window i goes from floor(i size / output) to ceil((i + 1) size / output).
    """
    channels, *sides = node.output_shape
    for size, output in zip(node.input_shapes[0][1:], sides, strict=True):
        channels *= sum(-(-(i + 1) * size // output) - i * size // output for i in range(output))
    return channels


def joined(node: Node) -> int:
    """One for every input but the first, at least one."""
    return max(len(node.inputs) - 1, 1) * prod(node.output_shape)


def interpolated(node: Node) -> int:
    """Nearest neighbours are copied; other modes compute."""
    module: Any = node.module
    return INTERPOLATIONS.get(module.mode, 0) * prod(node.output_shape)


def elementwise(node: Node) -> int:
    """Operations of a layer that torch.nn lacks, one for each number that is computed.

    It runs alone on the meta device, so that no rule has to be written for it twice. An
    element-wise function counts one for each element that it makes, a sum or a mean (and average
    pooling) one for each element that it reads, everything that only moves numbers nothing.
    """
    return _counted(node, _elements)


def by_torch(node: Node) -> int:
    """Products of a layer of somebody's own, as torch's counter sees them when it runs alone."""
    return _counted(node, _flops) // 2


def _flops(func: Any, output: Any, *args: Any, **kwargs: Any) -> int:
    """By torch's formulas for convolutions and matrix products."""
    formula = flop_registry.get(func.overloadpacket)
    return int(formula(*args, **kwargs, out_val=output)) if formula else 0


def _elements(func: Any, output: Any, *args: Any, **kwargs: Any) -> int:
    """As ``elementwise`` says."""
    if torch.Tag.pointwise in func.tags and not func.is_view:
        return int(output.numel())
    reads = func.overloadpacket.__name__ in ("sum", "mean", "avg_pool2d")
    return int(args[0].numel()) if reads else 0


def _counted(node: Node, count: Callable[..., int]) -> int:
    """The sum of what a function counts at each of torch's operations in a layer that runs alone.

    Args:
        node: The layer.
        count: Gets the operation, its output and its arguments.
    """
    counter = _Counter(count)
    with torch.no_grad(), counter:
        run_alone(node)
    return counter.total


class _Counter(TorchDispatchMode):
    """Adds up what a function counts; local to its thread."""

    def __init__(self, count: Callable[..., int]) -> None:
        super().__init__()
        self._count, self.total = count, 0

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        output = func(*args, **(kwargs or {}))
        self.total += self._count(func, output, *args, **(kwargs or {}))
        return output


def run_alone(
    node: Node, images: int = 1, training: bool = False
) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Inputs and output of a layer alone, on the meta device."""
    assert node.module is not None
    module = copy.copy(node.module).train(training)
    inputs = [
        torch.empty(images, *shape, device="meta", requires_grad=True)
        for shape in node.input_shapes
    ]
    return inputs, module(*inputs)
