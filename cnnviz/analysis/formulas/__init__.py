"""Each number of a layer as its formula with the layer's own values.

The counts follow ``analysis.counting``: multiply-accumulates of convolutions and linear layers, for
one image, without bias.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

from cnnviz.analysis import counting
from cnnviz.analysis.formulas.arithmetic import Formula, product
from cnnviz.analysis.formulas.geometry import jump, output_shape, receptive_field
from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.kinds import BATCH_NORM
from cnnviz.analysis.limits import BYTES
from cnnviz.analysis.node import Node
from cnnviz.analysis.receptive_field import ReceptiveField, receptive_fields

__all__ = ["Formula", "formulas"]

NOT_COUNTED = "Only convolutions and linear layers are counted, as in the papers."
NOT_RUN = "Part of an auxiliary head, which runs in training alone: 0 when the network is used."


def formulas(
    graph: NetworkGraph, position: int, fields: Sequence[ReceptiveField] | None = None
) -> list[Formula]:
    """The formulas of one layer: output shape, counts, memory, receptive field and jump.

    Args:
        graph: The network.
        position: Of the layer in ``graph.nodes``: 1 is the first row of the layer table.
        fields: ``receptive_fields(graph)``, where it is at hand: it takes 20 ms for 4,000 layers.

    Raises:
        ValueError: There is no layer at that position; 0 is the image.
    """
    if not 1 <= position < len(graph.nodes):
        last = len(graph.nodes) - 1
        raise ValueError(f"position must be between 1 and {last}; received {position}.")
    fields = fields or receptive_fields(graph)
    node = graph.nodes[position]
    seen = [fields[index] for index in node.inputs]
    readers = [node for node in graph.nodes[position + 1 :] if position in node.inputs]
    return [
        output_shape(node),
        params(node, is_normalised=any(node.type is BATCH_NORM for node in readers)),
        macs(node),
        activations(node),
        memory(node),
        receptive_field(node, fields[position], seen),
        jump(node, fields[position], seen),
    ]


def params(node: Node, is_normalised: bool = False) -> Formula:
    """Learned numbers; ``is_normalised`` says that a batch norm follows at once."""
    module: Any = node.module
    role, value = node.type.role, counting.params(node)
    if role == "convolution":
        general, numbers, note = _convolution_params(module, is_normalised)
    elif role == "linear":
        has_bias = module.bias is not None
        general = "inputs x outputs" + " + outputs" * has_bias
        numbers = product((module.in_features, module.out_features))
        numbers += f" + {module.out_features:,}" * has_bias
        note = "A weight for every pair of input and output" + ", a bias an output." * has_bias
        note = note.rstrip(".") + "."
    elif node.type is BATCH_NORM and value:
        general, numbers = "2 x C", f"2 x {module.num_features:,}"
        note = "A scale and a shift a channel; the running mean and variance are not learned."
    else:
        general, numbers, note = _tensors(node)
    numbers = f"{numbers} = {value:,}" if value else "0"
    return Formula("params", general, numbers, value, note)


def macs(node: Node) -> Formula:
    """Multiply-accumulates for one image."""
    value = counting.macs(node)
    if not value:
        return Formula("macs", "0", "0", 0, NOT_RUN if node.training_only else NOT_COUNTED)
    general, left = _products(node, value)
    note = f"FLOPs = 2 x MACs: 2 x {value:,} = {2 * value:,}."
    if getattr(node.module, "bias", None) is not None:
        note += " Adding the bias is not counted."
    note += _grouping(node.module) if node.type.role == "convolution" else ""
    return Formula("macs", general, f"{left} = {value:,}", value, note)


def activations(node: Node) -> Formula:
    """Elements of the output for one image."""
    shape, value = node.output_shape, counting.activations(node)
    general = "C x H x W" if len(shape) == 3 else "outputs"
    if node.training_only:
        return Formula("activations", general, "0", 0, NOT_RUN)
    numbers = f"{product(shape)} = {value:,}" if len(shape) > 1 else f"{value:,}"
    note = "Elements of the output for one image."
    return Formula("activations", general, numbers, value, note)


def memory(node: Node) -> Formula:
    """Bytes of parameters and output in float32."""
    value = counting.memory(node)
    inside = f"{counting.params(node):,} + {counting.activations(node):,}"
    numbers = f"{BYTES} x ({inside}) = {value:,}"
    note = "Four bytes a number in float32."
    return Formula("memory", "4 x (parameters + activations)", numbers, value, note)


def _convolution_params(module: Any, is_normalised: bool) -> tuple[str, str, str]:
    has_bias = module.bias is not None
    general = f"C_out x ({_filter_law(module)})" + " + C_out" * has_bias
    numbers = f"{module.out_channels:,} x ({product(module.weight.shape[1:])})"
    numbers += f" + {module.out_channels:,}" * has_bias
    note = "One bias a filter." if has_bias else "No bias."
    if is_normalised and not has_bias:
        note = "No bias: the batch norm after it adds a shift of its own."
    return general, numbers, note + _grouping(module)


def _filter_law(module: Any) -> str:
    """The weights of one filter in symbols."""
    channels = "C_in" if module.groups == 1 else "C_in / groups"
    height, width = module.weight.shape[2:]
    return f"{channels} x {'F x F' if height == width else 'F_h x F_w'}"


def _grouping(module: Any) -> str:
    """What the filters of a grouped convolution see; "" for others."""
    if module.groups == 1:
        return ""
    left = f"{module.in_channels:,} / {module.groups:,}"
    seen = module.in_channels // module.groups
    return f" Grouped by {module.groups:,}: each filter sees {left} = {seen:,} channels."


def _tensors(node: Node) -> tuple[str, str, str]:
    """The trainable numbers of any layer, tensor by tensor."""
    module = node.module
    tensors = dict(module.named_parameters()) if module is not None else {}
    if tensors:
        terms = (f"{name} {product(tensor.shape)}" for name, tensor in tensors.items())
        return "the sum over its tensors", " + ".join(terms), ""
    fixed = dict(module.named_buffers()) if module is not None else {}
    if fixed:
        shapes = ", ".join(f"{name} {product(tensor.shape)}" for name, tensor in fixed.items())
        return "0", "0", f"Its numbers are fixed, not learned: {shapes}."
    if node.type.role == "pooling":
        return "0", "0", "Pooling has nothing to learn: its window has no weights."
    return "0", "0", "Nothing here is learned."


def _products(node: Node, value: int) -> tuple[str, str]:
    """The formula and the left side of a layer's multiply-accumulates."""
    module: Any = node.module
    role, shape = node.type.role, node.output_shape
    if role == "linear":
        return "inputs x outputs", product((module.in_features, module.out_features))
    if role == "transposed convolution":
        left = f"{product(node.input_shapes[0])} x ({product(module.weight.shape[1:])})"
        return "H x W x C_in x (C_out / groups x F_h x F_w), H and W of the input", left
    if role == "convolution":
        left = f"{product((*shape[1:], shape[0]))} x ({product(module.weight.shape[1:])})"
        return f"H x W x C_out x ({_filter_law(module)}), H and W of the output", left
    places, weight = prod(shape[1:]), getattr(module, "weight", None)
    if weight is not None and weight.numel() * places == value:
        left = f"{product(shape[1:])} x ({product(weight.shape)})"
        return "H x W x weights, H and W of the output", left
    return "H x W x products at one place", f"{product(shape[1:] or (1,))} x {value // places:,}"
