"""The window of a layer along one side of a map, and the equation of the side that it makes."""

from math import ceil

from cnnviz.analysis.formulas.arithmetic import decimal
from cnnviz.analysis.kinds.window import Side, Sliding, sliding
from cnnviz.analysis.node import Node
from cnnviz.architectures import Layer


def equation(side: Side) -> str:
    """ "(224 + 2x3 - 7) / 2 + 1 = 112.5, rounded down to 112"."""
    reach = f"{side.kernel_size}"
    if side.dilation > 1:
        reach = f"{side.dilation}x({side.kernel_size} - 1) - 1"
    left = f"({side.size} + 2x{side.padding} - {reach}) / {side.stride} + 1"
    return f"{left} = {decimal(side.quotient)}{_rounding(side)}"


def _rounding(side: Side) -> str:
    is_rounded, up = side.quotient.denominator > 1, ceil(side.quotient)
    if side.rounds_up and side.output != up:
        rounded = f", rounded up to {up}" if is_rounded else ""
        return f"{rounded}, less the window that would start outside: {side.output}"
    way = "up" if side.rounds_up else "down"
    return f", rounded {way} to {side.output}" if is_rounded else ""


def sides(node: Node) -> tuple[Side, Side] | None:
    """The windows of a layer along height and width, or None where none slides."""
    slid = sliding(node.module)
    if not node.inputs or {len(node.input_shapes[0]), len(node.output_shape)} != {3}:
        return None
    if slid is None or node.type.role == "transposed convolution":
        return None
    if isinstance(node.module, Layer) and slid == Sliding((1, 1), (1, 1)):
        return None
    return slid.over(*node.input_shapes[0][1:])
