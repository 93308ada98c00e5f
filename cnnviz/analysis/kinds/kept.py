"""The tensors that autograd saves for a layer's backward pass, besides parameters and buffers.

They are measured on the meta device, where a layer runs alone. Only the layers that networks have
by the hundred are known without, because to measure one takes a millisecond; and dropout, of which
the meta device keeps what a processor does.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.graph import saved_tensors_hooks

from cnnviz.analysis.kinds.operations import run_alone
from cnnviz.analysis.limits import BYTES
from cnnviz.architectures import Layer

if TYPE_CHECKING:
    from cnnviz.analysis.node import Node

MASK_BYTES = 1  # bool: which elements dropout leaves (a CPU keeps 4 bytes)


@dataclass(frozen=True)
class Kept:
    """What autograd keeps of one layer for the backward pass.

    Attributes:
        inputs: Positions among the layer's inputs of those that are kept.
        output: Whether the output itself is kept.
        own: Bytes of further tensors for each image.
        fixed: Bytes of further tensors whatever the batch.
    """

    inputs: tuple[int, ...] = ()
    output: bool = False
    own: int = 0
    fixed: int = 0


def measured(node: Node) -> Kept:
    """What autograd keeps of a layer in training.

    What a ``Layer`` drops at random is counted as if it was not.
    """
    (inputs, output, two), (_, _, three) = _saved(node, images=2), _saved(node, images=3)
    return Kept(inputs, output, own=three - two, fixed=two - 2 * (three - two))


def _saved(node: Node, images: int) -> tuple[tuple[int, ...], bool, int]:
    """Which inputs are saved, whether the output is, and the bytes of all other tensors."""
    assert node.module is not None
    saved: dict[int, torch.Tensor] = {}
    with saved_tensors_hooks(lambda x: saved.setdefault(_storage(x), x), lambda x: x):
        inputs, output = run_alone(node, images, training=not isinstance(node.module, Layer))
    known = {_storage(x): position for position, x in enumerate(inputs)}
    weights = {_storage(x) for x in [*node.module.parameters(), *node.module.buffers()]}
    others = saved.keys() - known.keys() - weights - {_storage(output)}
    return (
        tuple(known[key] for key in saved if key in known),
        _storage(output) in saved.keys() - known.keys(),
        sum(saved[key].untyped_storage().nbytes() for key in others),
    )


def _storage(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


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


def factors(node: Node) -> Kept:
    """A product keeps both factors; one with a constant neither."""
    return Kept(inputs=tuple(range(len(node.inputs))) if len(node.inputs) > 1 else ())


def a_mask(node: Node) -> Kept:
    """Which numbers are left."""
    module: Any = node.module
    return Kept(own=MASK_BYTES * prod(node.output_shape) if module.p > 0 else 0)
