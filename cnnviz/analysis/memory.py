"""Bytes that a network takes on a device in float32: computed from its graph, not measured.

In a forward pass a layer's output lives until its last reader is done, and what a block, a stage or
the network itself reads as long as that runs (``living``).

What autograd keeps for the backward pass is, layer by layer (``kinds.KINDS``): a
convolution, a linear layer, batch norm, local response norm and pooling keep their input (max
pooling also where each maximum was, batch norm each channel's mean and deviation); ReLU, tanh and
sigmoid keep their output, other activation functions their input; a multiplication keeps both
factors; dropout keeps its mask; additions and concatenations keep nothing. A tensor that two layers
keep is there once.
"""

from dataclasses import dataclass
from math import prod

import torch

from cnnviz.analysis import counting
from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.limits import BYTES
from cnnviz.analysis.living import living_bytes
from cnnviz.analysis.node import Node
from cnnviz.hyperparameters import named

# Numbers that an optimiser remembers for each parameter: none; the momentum; two moving averages.
OPTIMISERS = {"SGD": 0, "SGD with momentum": 1, "Adam": 2}

# The share of a card's printed memory that a network can have: the driver, the CUDA context and the
# workspace of convolutions take the rest.
USABLE = 0.9
# Cards of class rooms and clouds, smallest first, by the memory that is printed on the box.
GPUS = {
    "Laptop 4 GB": 4e9,
    "Laptop 6 GB": 6e9,
    "RTX 4060 8 GB": 8e9,
    "RTX 3060 12 GB": 12e9,
    "RTX 4070 12 GB": 12e9,
    "T4 16 GB": 16e9,
    "V100 16 GB": 16e9,
    "L4 24 GB": 24e9,
    "RTX 4090 24 GB": 24e9,
    "A100 40 GB": 40e9,
    "A100 80 GB": 80e9,
    "H100 80 GB": 80e9,
    "H200 141 GB": 141e9,
}


@dataclass(frozen=True)
class Memory:
    """Bytes of a network at work on a batch.

    Attributes:
        params: Weights and biases.
        buffers: What is stored with them but not learned: running means and variances.
        gradients: One number a parameter, in training.
        optimiser: What the optimiser remembers, in training.
        activations: In training what autograd keeps for the backward pass, else the largest set of
            tensors that live at the same time, the images among them.
    """

    params: int
    buffers: int
    gradients: int
    optimiser: int
    activations: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.params + self.buffers + self.gradients + self.optimiser + self.activations


@dataclass(frozen=True)
class Footprint:
    """What a network's memory is made of, in bytes; it grows with the batch along a line.

    Attributes:
        params: Weights and biases.
        buffers: What is stored with them but not learned.
        living: Tensors that live at the same time in a forward pass, for each image.
        kept: What autograd keeps for each image.
        kept_once: What autograd keeps whatever the batch.
    """

    params: int
    buffers: int
    living: int
    kept: int
    kept_once: int

    def memory(self, batch: int, optimiser: str | None = None) -> Memory:
        """Bytes of a forward pass, or of a training step with an optimiser of ``OPTIMISERS``.

        Raises:
            ValueError: ``batch`` is not positive.
            KeyError: Unknown optimiser; the message lists the known names.
        """
        if batch < 1:
            raise ValueError(f"batch must be at least 1 image; received {batch}.")
        if optimiser is None:
            return Memory(self.params, self.buffers, 0, 0, batch * self.living)
        remembered = named(optimiser, OPTIMISERS, "optimiser") * self.params
        kept = batch * self.kept + self.kept_once
        return Memory(self.params, self.buffers, self.params, remembered, kept)

    def largest_batch(self, gpu_bytes: float, optimiser: str | None = None) -> int:
        """The most images that fit into ``USABLE`` of a card's memory; 0 if not even one does."""
        one = self.memory(1, optimiser)
        image = self.living if optimiser is None else self.kept
        left = int(USABLE * gpu_bytes) - one.total
        return 0 if left < 0 else 1 + left // max(image, 1)


def footprint(graph: NetworkGraph) -> Footprint:
    """What a network's memory is made of.

    Auxiliary heads run in training only. Paths that are dropped at random (stochastic depth,
    drop-path) are counted as if none was.
    """
    kept, once = _kept(graph)
    parts = [node.module for node in graph.nodes if node.module is not None]
    return Footprint(
        params=BYTES * sum(counting.params(node) for node in graph.nodes),
        buffers=sum(buffer.nbytes for part in parts for buffer in part.buffers()),
        living=living_bytes(graph.root, torch.empty(1, *graph.input_shape, device="meta")),
        kept=kept,
        kept_once=once,
    )


def _kept(graph: NetworkGraph) -> tuple[int, int]:
    """Bytes that autograd keeps of all layers: for each image, and whatever the batch."""
    tensors = _tensors(graph)
    learns = _learns(graph)
    stored: set[int] = set()
    own = once = 0
    for position, node in enumerate(graph.nodes):
        if not learns[position]:
            continue
        layer = node.type.kept(node)
        stored |= {tensors[node.inputs[index]] for index in layer.inputs}
        stored |= {position} if layer.output else set()
        own, once = own + layer.own, once + layer.fixed
    return own + sum(_bytes(graph.nodes[tensor]) for tensor in stored), once


def _learns(graph: NetworkGraph) -> list[bool]:
    """Whether a gradient passes through each node: it or one before it has parameters."""
    learns: list[bool] = []
    for node in graph.nodes:
        before = any(learns[source] for source in node.inputs)
        learns.append(before or counting.params(node) > 0)
    return learns


def _tensors(graph: NetworkGraph) -> list[int]:
    """For each node the position of the node that made its tensor: some layers hand theirs on."""
    tensors: list[int] = []
    for position, node in enumerate(graph.nodes):
        tensors.append(tensors[node.inputs[0]] if _hands_on(node) else position)
    return tensors


def _hands_on(node: Node) -> bool:
    """Whether a layer's output is its input: of one that reshapes it, of dropout that is off."""
    is_off = getattr(node.module, "p", 0) == 0
    return node.type.role == "reshaping" or (node.type.role == "dropout" and is_off)


def _bytes(node: Node) -> int:
    return BYTES * prod(node.output_shape)
