"""Formulas of a layer's geometry: its output's shape, its receptive field and its jump."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from torch import nn

from cnnviz.analysis.formulas.arithmetic import Formula, decimal, exact, fraction, product, total
from cnnviz.analysis.formulas.side import equation, sides
from cnnviz.analysis.kinds import AVERAGE_POOLING, is_adaptive
from cnnviz.analysis.kinds.window import Side, pair
from cnnviz.analysis.node import Node
from cnnviz.analysis.receptive_field import ReceptiveField, union, window
from cnnviz.architectures import Layer, Role

SIDE = "floor((H + 2P - F) / S) + 1"


def explanation(module: nn.Module | None) -> str:
    """What a layer of our own does, by the first line of its docstring; "" for torch.nn's."""
    text = inspect.getdoc(type(module)) if isinstance(module, Layer) else None
    return text.partition("\n")[0] if text else ""


def output_shape(node: Node) -> Formula:
    """The shape (C, H, W) or (features,) that a layer makes."""
    lengths = sides(node)
    if node.type.role == "linear":
        general, numbers, note = "its number of units", f"{node.output_shape[-1]:,} units", ""
    elif lengths:
        general, numbers, note = _slid(node, *lengths)
    elif is_adaptive(node.module):
        general, numbers, note = _adapted(node)
    elif node.type.role in ENLARGING:
        general, numbers, note = ENLARGING[node.type.role](node)
    elif node.kind == "concatenation":
        general, numbers, note = _concatenated(node)
    elif len(node.output_shape) < len(node.input_shapes[0]):
        left = product(node.input_shapes[0])
        general, note = "C x H x W", "All numbers in one row; none is lost."
        numbers = f"{left} = {node.output_shape[0]:,}"
    elif node.output_shape == node.input_shapes[0]:
        general, numbers, note = _kept(node)
    else:
        general, note = "its number of units", explanation(node.module)
        numbers = f"{product(node.output_shape)} units"
    return Formula("output_shape", general, numbers, node.output_shape, note)


def _slid(node: Node, height: Side, width: Side) -> tuple[str, str, str]:
    channels = node.output_shape[0]
    same_channels = channels == node.input_shapes[0][0] and not node.type.has_filters
    source = ", as the input" if same_channels else " filters" * (node.type.role == "convolution")
    lines = [f"channels: {channels:,}{source}"]
    if height == width:
        lines.append(f"height and width: {equation(height)}")
    else:
        lines += [f"height: {equation(height)}", f"width: {equation(width)}"]
    notes = [explanation(node.module)]
    if height.kernel_size != width.kernel_size:
        kernel = product((height.kernel_size, width.kernel_size))
        notes.append(f"The kernel is {kernel} (height x width): each side has its own equation.")
    if height.rounds_up:
        notes.append("Ceil mode rounds up, so that the last pixels are read too.")
    formula = SIDE if height.dilation == 1 else "floor((H + 2P - D(F - 1) - 1) / S) + 1"
    formula = formula.replace("floor", "ceil") if height.rounds_up else formula
    return formula, "\n".join(lines), _sentences(notes)


def _adapted(node: Node) -> tuple[str, str, str]:
    channels, *size = node.output_shape
    numbers = f"channels: {channels:,}, as the input\nheight and width: set to {product(size)}"
    if node.kind.startswith("global"):
        is_mean = node.type is AVERAGE_POOLING
        what = "averages each map into one number" if is_mean else "takes the maximum of each map"
        return "C x 1 x 1", numbers, f"Global pooling {what}."
    note = "Adaptive pooling cuts the map into that many windows, whatever the size of the image."
    if node.type.role == "upsampling":
        note = "New pixels are made of their neighbours."
    return "C x the size that is asked for", numbers, note


def _padded(node: Node) -> tuple[str, str, str]:
    module: Any = node.module
    left, right, top, bottom = module.padding
    channels, height, width = node.input_shapes[0]
    lines = [f"channels: {channels:,}, as the input"]
    lines.append(f"height: {height} + {top} + {bottom} = {node.output_shape[1]}")
    lines.append(f"width: {width} + {left} + {right} = {node.output_shape[2]}")
    return "C x (H + top + bottom) x (W + left + right)", "\n".join(lines), ""


def _transposed(node: Node) -> tuple[str, str, str]:
    module: Any = node.module
    settings = (module.kernel_size, module.stride, module.padding)
    options = [pair(each) for each in (*settings, module.dilation, module.output_padding)]
    lines = [f"channels: {node.output_shape[0]:,} filters"]
    for side, at in (("height", 0), ("width", 1)):
        kernel_size, stride, padding, dilation, further = (option[at] for option in options)
        left = f"({node.input_shapes[0][1 + at]} - 1) x {stride} - 2x{padding}"
        left += f" + {dilation} x ({kernel_size} - 1) + {further} + 1"
        lines.append(f"{side}: {left} = {node.output_shape[1 + at]}")
    note = "A convolution the other way: each number of the input is spread over a window."
    return "(H - 1) S - 2P + D (F - 1) + P_out + 1", "\n".join(lines), note


# Layers whose output may be larger than their input, and their laws.
ENLARGING: dict[Role, Callable[[Node], tuple[str, str, str]]] = {
    "upsampling": _adapted,
    "padding": _padded,
    "transposed convolution": _transposed,
}


def _concatenated(node: Node) -> tuple[str, str, str]:
    left = total(shape[0] for shape in node.input_shapes)
    numbers = f"channels: {left} = {node.output_shape[0]:,}"
    if node.output_shape[1:]:
        numbers += f"\nheight and width: {product(node.output_shape[1:])}, as every input"
    note = "Concatenation stacks the maps: channels add up, height and width stay."
    return "C_1 + C_2 + ...", numbers, note


def _kept(node: Node) -> tuple[str, str, str]:
    shape, count = product(node.output_shape), len(node.inputs)
    if count > 1:
        note = "Numbers at the same place are combined: all inputs and the output have one shape."
        return "as the inputs", f"{shape}, as each of the {count} inputs", note
    return "as the input", f"{shape}, as the input", explanation(node.module)


def receptive_field(node: Node, field: ReceptiveField, inputs: Sequence[ReceptiveField]) -> Formula:
    """The side of the image region that one unit can see, along the width."""
    general, lines, notes = "r = r_in + (F - 1) x j_in", [], []
    seen = union(inputs)
    if len(inputs) > 1:
        general = "r = the union of what the inputs see"
        line, note = _union(inputs, seen)
        lines.append(line)
        notes.append(note)
    slid = window(node)
    if slid.kernel_size > 1 or len(inputs) == 1:
        lines.append(_widened(slid.kernel_size, slid.dilation, _size(seen), seen.jump, field.size))
    if slid.dilation > 1:
        general = "r = r_in + D x (F - 1) x j_in"
    note = _sentences([*notes, *_field_notes(node)])
    return Formula("receptive_field", general, "\n".join(lines), field.size, note)


def jump(node: Node, field: ReceptiveField, inputs: Sequence[ReceptiveField]) -> Formula:
    """The distance in the image between the fields of two neighbouring units."""
    left = f"{exact(inputs[0].jump)} x {exact(window(node).stride)}"
    note = "Distance in the image between the fields of two neighbouring units."
    numbers = f"{left} = {decimal(fraction(field.jump))}"
    return Formula("jump", "j = j_in x S", numbers, field.jump, note)


def _size(field: ReceptiveField) -> float:
    return field.last - field.first + 1


def _union(fields: Sequence[ReceptiveField], seen: ReceptiveField) -> tuple[str, str]:
    widest, result = max(map(_size, fields)), decimal(fraction(_size(seen)))
    if widest < _size(seen):
        left = f"{exact(seen.last)} - ({exact(seen.first)}) + 1"
        note = "The paths are shifted against each other: together they see more than the widest."
        return f"last pixel - first pixel + 1: {left} = {result}", note
    sizes = sorted(set(map(_size, fields)))
    shown = sizes if len(sizes) <= 4 else [sizes[0], sizes[-1]]
    note = f"{len(fields)} inputs; the widest path decides."
    if len(sizes) == 1:
        return result, f"All {len(fields)} inputs see the same region."
    return f"max({', '.join(map(exact, shown))}) = {result}", note


def _widened(kernel_size: int, dilation: int, seen: float, jump: float, size: int) -> str:
    reach = f"{dilation} x " * (dilation > 1) + f"({kernel_size} - 1)"
    wide = fraction(seen + dilation * (kernel_size - 1) * jump)
    rounded = f", rounded to {size:,}" if wide.denominator > 1 else ""
    return f"{exact(seen)} + {reach} x {exact(jump)} = {decimal(wide)}{rounded}"


def _field_notes(node: Node) -> list[str]:
    slid = sides(node)
    if slid and slid[0].kernel_size != slid[1].kernel_size:
        return ["Along the width; along the height the kernel has another size."]
    if is_adaptive(node.module) or node.type.role == "transposed convolution":
        return [f"Its largest window has {window(node).kernel_size} units a side."]
    if len(node.output_shape) < len(node.input_shapes[0]):
        return ["A row of numbers holds the whole map: it sees what all units of the map see."]
    if len(node.inputs) == 1 and window(node).kernel_size == 1:
        return ["Each output reads one place, so that the field stays."]
    return []


def _sentences(notes: Sequence[str]) -> str:
    return " ".join(note for note in notes if note)
