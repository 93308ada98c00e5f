"""The text of a question: what a student must know to predict a number of a layer."""

from collections.abc import Sequence
from typing import Any

from cnnviz.analysis.formulas.arithmetic import enumeration, exact, listed, product
from cnnviz.analysis.formulas.geometry import explanation
from cnnviz.analysis.formulas.side import sides
from cnnviz.analysis.kinds import is_adaptive, is_global_pooling
from cnnviz.analysis.kinds.window import Side
from cnnviz.analysis.node import Node, shape_text
from cnnviz.analysis.receptive_field import ReceptiveField

QUESTIONS = {
    "output_shape": "What shape does it make (C x H x W)?",
    "params": "How many parameters does it have?",
    "macs": "How many MACs does it take for one image?",
    "receptive_field": "How many pixels wide is its receptive field?",
}


def givens(node: Node, quantity: str, inputs: Sequence[ReceptiveField]) -> str:
    """What a layer is, what it reads, and the question about it.

    Args:
        node: The layer.
        quantity: A key of ``QUESTIONS``.
        inputs: Receptive fields of what the layer reads.
    """
    question = QUESTIONS[quantity]
    if quantity == "output_shape" and len(node.output_shape) == 1:
        question = "How many numbers does it make?"
    about = f"{explanation(node.module)} ".lstrip()
    return f"{_layer(node)}{_read(node, quantity, inputs)}. {about}{question}"


def _read(node: Node, quantity: str, inputs: Sequence[ReceptiveField]) -> str:
    """The input: its shape and, for a receptive field, its own."""
    if node.type.role == "linear":
        return ""
    plural = "s" if len(node.inputs) > 1 else ""
    text = f", input{plural} {listed(node.input_shapes)}"
    if quantity != "receptive_field":
        return text
    sizes = [f"{size:,}" for size in sorted({field.size for field in inputs})]
    plural = "s" if len(sizes) > 1 else ""
    jump = exact(inputs[0].jump)
    return f"{text} with receptive field{plural} {enumeration(sizes)} px and jump {jump} px"


def _layer(node: Node) -> str:
    """A layer with its settings: "3x3 convolution, 64 filters, stride 2, padding 1, no bias"."""
    module: Any = node.module
    slid = sides(node)
    if node.type.role == "linear":
        ends = f"{module.in_features:,} inputs, {module.out_features:,} outputs"
        return f"linear layer, {ends}, {_bias(module)}"
    if slid:
        return ", ".join([*_window(node, *slid), *_tensors(node)])
    is_resized = is_adaptive(module) and not is_global_pooling(module)
    size = f" to {shape_text(node.output_shape[1:])}" if is_resized else ""
    return ", ".join([f"{node.kind}{size}", *_tensors(node)])


def _window(node: Node, height: Side, width: Side) -> list[str]:
    module: Any = node.module
    is_convolution = node.type.role == "convolution"
    parts = [f"{height.kernel_size}x{width.kernel_size} {node.kind}"]
    if is_convolution:
        parts.append(f"{node.output_shape[0]:,} filters")
    elif node.output_shape[0] != node.input_shapes[0][0]:
        parts.append(f"to {node.output_shape[0]:,} channels")
    parts.append(f"stride {_both(height.stride, width.stride)}")
    parts.append(f"padding {_both(height.padding, width.padding)}")
    if is_convolution:
        parts += [_bias(module), f"groups {module.groups}"]
    if height.dilation > 1:
        parts.append(f"dilation {height.dilation}")
    if height.rounds_up:
        parts.append("ceil mode")
    return parts


def _bias(module: Any) -> str:
    return "no bias" if module.bias is None else "with bias"


def _both(height: int, width: int) -> str:
    return f"{height}" if height == width else f"{height} and {width}"


def _tensors(node: Node) -> list[str]:
    """The tensors of a layer of our own, which its name does not tell."""
    if not explanation(node.module) or node.module is None:
        return []
    return [f"{name} {product(tensor.shape)}" for name, tensor in node.module.named_parameters()]
