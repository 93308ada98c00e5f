"""Counts of one layer under the convention of the papers, all for one image.

Multiply-accumulates (MACs) are counted for convolutions and linear layers only, without bias: what
the papers call FLOPs and torchvision's ``_ops`` are. FLOPs = 2 x MACs.
"""

from __future__ import annotations

from math import prod

from torch import nn

from cnnviz.analysis.graph import Node
from cnnviz.architectures import Layer

BYTES = 4  # float32


def params(node: Node) -> int:
    """Learned numbers of the layer (weights and biases)."""
    if node.module is None:
        return 0
    return sum(parameter.numel() for parameter in node.module.parameters())


def macs(node: Node) -> int:
    """Multiply-accumulates of a convolution or a linear layer, else 0.

    A convolution makes C_out x H x W outputs of (C_in / groups) x k_h x k_w products each; a linear
    layer makes each of its outputs of all its inputs. Auxiliary heads do not run when the network
    is used: 0.
    """
    module = node.module
    if node.training_only:
        return 0
    if isinstance(module, Layer):
        return module.macs(node.output_shape)
    if isinstance(module, nn.Conv2d):
        return prod(node.output_shape) * prod(module.weight.shape[1:])
    if isinstance(module, nn.Linear):
        return prod(node.output_shape) * module.in_features
    return 0


def activations(node: Node) -> int:
    """Elements of the layer's output; 0 for auxiliary heads, which do not run."""
    return 0 if node.training_only else prod(node.output_shape)


def memory(node: Node) -> int:
    """Bytes of the layer's parameters and output in float32."""
    return BYTES * (params(node) + activations(node))
