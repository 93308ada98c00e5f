"""Counts of one layer for one image, each under a named convention.

Multiply-accumulates (MACs) are counted for convolutions and linear layers only, without bias: what
the papers call FLOPs and torchvision's ``_ops`` are. FLOPs = 2 x MACs. The third convention counts
what all other layers compute as well; ``operations`` says what each of them costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from cnnviz.analysis.limits import BYTES
from cnnviz.analysis.node import Node
from cnnviz.hyperparameters import named

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Convention:
    """A counting convention: MACs, FLOPs or all operations.

    Attributes:
        name: Identifier in URLs and on the command line.
        title: Name on screen.
        unit: What stands behind a count.
        sentence: What is counted, for a student.
        column: The column of the layer table that holds the count,
        factor: and by how much it is multiplied.
    """

    name: str
    title: str
    unit: str
    sentence: str
    column: str
    factor: int = 1

    def counts(self, table: pd.DataFrame) -> pd.Series[int]:
        """The count of every row of a layer table (its columns macs and operations)."""
        return table[self.column] * self.factor


MACS = Convention(
    "macs",
    "MACs",
    "MACs",
    "One multiply-accumulate (MAC) is one product and its addition; convolutions and linear layers "
    "alone are counted, without bias, as most papers do (and call them FLOPs).",
    column="macs",
)
FLOPS = Convention(
    "flops",
    "FLOPs",
    "FLOPs",
    "A multiplication and an addition are two floating point operations: FLOPs = 2 x MACs, again "
    "of convolutions and linear layers alone, without bias. They are a number of operations, not a "
    "speed: FLOPS, operations per second, are a machine's.",
    column="macs",
    factor=2,
)
OPERATIONS = Convention(
    "operations",
    "All operations",
    "operations",
    "FLOPs, and with them what every other layer computes: bias, batch norm, activation functions, "
    "pooling, additions.",
    column="operations",
)
CONVENTIONS: tuple[Convention, ...] = (MACS, FLOPS, OPERATIONS)


def convention(name: str) -> Convention:
    """Look up a convention by name.

    Raises:
        KeyError: There is none; the message lists the known names.
    """
    return named(name, {known.name: known for known in CONVENTIONS}, "convention")


def params(node: Node) -> int:
    """Learned numbers of the layer (weights and biases)."""
    if node.module is None:
        return 0
    return sum(parameter.numel() for parameter in node.module.parameters())


def macs(node: Node) -> int:
    """Multiply-accumulates of a convolution or a linear layer, else 0.

    A convolution makes C_out x H x W outputs of (C_in / groups) x k_h x k_w products each; a linear
    layer makes each of its outputs of all its inputs; a transposed convolution multiplies each of
    its inputs by all C_out / groups x k_h x k_w weights that read it. Auxiliary heads do not run
    when the network is used: 0.
    """
    return 0 if node.training_only else node.type.macs(node)


def operations(node: Node, convention: Convention = OPERATIONS) -> int:
    """Operations of the layer under a convention, by default everything that is computed.

    For each element of the output:

    - convolution, linear: 2 x the products, and 1 addition if there is a bias;
    - batch norm at inference: 2 (one scale, one shift); layer, group and instance norm measure at
      inference too: 5, and 2 with a scale and a shift;
    - activation functions: 1, however the function is evaluated; softmax 3;
    - max pooling: k x k - 1 comparisons; average pooling: k x k (additions and one division); with
      global pooling k is the side of the map;
    - local response norm over n maps: n + 4 (a square, n - 1 additions, scale, shift, power,
      division);
    - addition, subtraction, multiplication: 1 for every input but the first, at least 1;
    - concatenation, flatten, padding, dropout (off at inference), upsampling by nearest neighbours:
      0; by interpolation the products and additions of 4 (bilinear) or 16 neighbours (bicubic);
    - a layer that torch.nn does not have: as a convolution if it has MACs, else what torch computes
      element by element (``kinds.operations.elementwise``).

    Auxiliary heads do not run when the network is used: 0.
    """
    if convention is not OPERATIONS:
        return convention.factor * macs(node)
    if node.training_only:
        return 0
    products = macs(node)
    if products:
        return 2 * products + added_biases(node)
    return node.type.operations(node)


def added_biases(node: Node) -> int:
    """Additions of a bias: one for each output of a convolution or linear layer that has one."""
    has_bias = getattr(node.module, "bias", None) is not None
    return prod(node.output_shape) if has_bias and macs(node) else 0


def activations(node: Node) -> int:
    """Elements of the layer's output; 0 for auxiliary heads, which do not run."""
    return 0 if node.training_only else prod(node.output_shape)


def memory(node: Node) -> int:
    """Bytes of the layer's parameters and output in float32."""
    return BYTES * (params(node) + activations(node))
