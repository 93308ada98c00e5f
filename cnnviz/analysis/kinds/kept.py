"""The tensors that autograd saves for a layer's backward pass, besides parameters and buffers."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnnviz.analysis.limits import BYTES
from cnnviz.analysis.probe import Kept

if TYPE_CHECKING:
    from cnnviz.analysis.graph import Node

INDEX_BYTES = 8  # int64: where in its window a maximum was
MASK_BYTES = 1  # bool: which elements dropout leaves (a CPU keeps 4 bytes)


def the_input(node: Node) -> Kept:
    """What it reads; of several inputs the first."""
    return Kept(inputs=(0,))


def the_output(node: Node) -> Kept:
    """What it makes."""
    return Kept(output=True)


def nothing(node: Node) -> Kept:
    """Nothing but sizes."""
    return Kept()


def batch_statistics(node: Node) -> Kept:
    """The input, and the mean and deviation of each channel."""
    return Kept(inputs=(0,), fixed=2 * BYTES * node.output_shape[0])


def statistics(node: Node) -> Kept:
    """The input, and the mean and deviation of each set of numbers that is normalised together."""
    module: Any = node.module
    if hasattr(module, "normalized_shape"):
        sets = prod(node.output_shape) // prod(module.normalized_shape)
    else:
        sets = getattr(module, "num_groups", node.output_shape[0])
    return Kept(inputs=(0,), own=2 * BYTES * sets)


def squares_and_powers(node: Node) -> Kept:
    """The input, its squares with a border of n - 1 maps, the power and its base."""
    module: Any = node.module
    border = (module.size - 1) * prod(node.output_shape[1:])
    return Kept(inputs=(0,), own=BYTES * (3 * prod(node.output_shape) + border))


def where_maxima_were(node: Node) -> Kept:
    """The input, and where each maximum was."""
    return Kept(inputs=(0,), own=INDEX_BYTES * prod(node.output_shape))


def what_is_averaged(node: Node) -> Kept:
    """The input; torch computes a global average as a mean, whose gradient needs none."""
    is_mean = not hasattr(node.module, "kernel_size") and prod(node.output_shape[1:]) == 1
    return Kept(inputs=() if is_mean else (0,))


def factors(node: Node) -> Kept:
    """A product keeps both factors; one with a constant neither."""
    return Kept(inputs=tuple(range(len(node.inputs))) if len(node.inputs) > 1 else ())


def a_mask(node: Node) -> Kept:
    """Which numbers are left."""
    module: Any = node.module
    return Kept(own=MASK_BYTES * prod(node.output_shape) if module.p > 0 else 0)
