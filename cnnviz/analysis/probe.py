"""Probes a layer on the meta device: what it computes and what autograd saves of it.

Of layers that torch.nn does not have (``cnnviz.architectures.Layer``), which say their kind and
their window, not each of their operations, and of those of which ``kinds.KINDS`` says nothing else.
They run alone on the meta device, so that no rule has to be written for them twice.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.graph import saved_tensors_hooks
from torch.utils._python_dispatch import TorchDispatchMode

from cnnviz.architectures import Layer

if TYPE_CHECKING:
    from cnnviz.analysis.graph import Node

IMAGES = 2  # more than one, to tell what grows with the batch from what does not


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


def elementwise(node: Node) -> int:
    """Operations of an own layer for one image, one for each number that is computed.

    An element-wise function counts one for each element that it makes, a sum or a mean (and average
    pooling) one for each element that it reads, everything that only moves numbers nothing.
    """
    counter = _Elements()
    with torch.no_grad(), counter:
        _run(node, images=1)
    return counter.operations


class _Elements(TorchDispatchMode):
    """Counts as ``elementwise`` says; local to its thread."""

    operations = 0

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        output = func(*args, **(kwargs or {}))
        if torch.Tag.pointwise in func.tags and not func.is_view:  # type: ignore[attr-defined]
            self.operations += output.numel()
        elif func.overloadpacket.__name__ in ("sum", "mean", "avg_pool2d"):  # type: ignore[attr-defined]
            self.operations += args[0].numel()
        return output


def kept(node: Node) -> Kept:
    """What autograd keeps of a layer in training, besides its parameters and buffers.

    What a ``Layer`` drops at random is counted as if it was not.
    """
    assert node.module is not None
    saved: dict[int, torch.Tensor] = {}
    with saved_tensors_hooks(lambda x: saved.setdefault(_storage(x), x), lambda x: x):
        inputs, output = _run(node, IMAGES, training=not isinstance(node.module, Layer))
    known = {_storage(x): position for position, x in enumerate(inputs)}
    weights = {_storage(x) for x in [*node.module.parameters(), *node.module.buffers()]}
    others = [x for key, x in saved.items() if key not in {*known, *weights, _storage(output)}]
    images = [x for x in others if x.shape[:1] == (IMAGES,)]
    return Kept(
        inputs=tuple(known[key] for key in saved if key in known),
        output=_storage(output) in saved.keys() - known.keys(),
        own=sum(_size(x) for x in images) // IMAGES,
        fixed=sum(_size(x) for x in others if not any(x is image for image in images)),
    )


def _run(
    node: Node, images: int, training: bool = False
) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Inputs and output of the layer alone, on the meta device."""
    assert node.module is not None
    module = copy.copy(node.module).train(training)
    inputs = [
        torch.empty(images, *shape, device="meta", requires_grad=True)
        for shape in node.input_shapes
    ]
    return inputs, module(*inputs)


def _storage(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


def _size(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage().nbytes()
