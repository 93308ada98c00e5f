"""The window of a convolution or a pooling along one side of a map, and the side that it makes."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from cnnviz.analysis.formulas.arithmetic import decimal
from cnnviz.analysis.graph import Node
from cnnviz.analysis.kinds import Sliding, sliding
from cnnviz.architectures import Layer


@dataclass(frozen=True)
class Side:
    """A window that slides along one side of a map (Dumoulin and Visin 2016, section 2).

    Attributes:
        size: Side of the input map.
        rounds_up: Whether the last window may reach over the border (ceil mode).
    """

    size: int
    kernel_size: int
    stride: int
    padding: int = 0
    dilation: int = 1
    rounds_up: bool = False

    @property
    def quotient(self) -> Fraction:
        """(H + 2P - F) / S + 1, not rounded, where D (F - 1) + 1 stands for F."""
        reach = self.dilation * (self.kernel_size - 1) + 1
        return Fraction(self.size + 2 * self.padding - reach, self.stride) + 1

    @property
    def output(self) -> int:
        """Side of the output map."""
        if not self.rounds_up:
            return floor(self.quotient)
        outputs = ceil(self.quotient)
        return outputs - ((outputs - 1) * self.stride >= self.size + self.padding)

    @property
    def equation(self) -> str:
        """ "(224 + 2x3 - 7) / 2 + 1 = 112.5, rounded down to 112"."""
        reach = f"{self.kernel_size}"
        if self.dilation > 1:
            reach = f"{self.dilation}x({self.kernel_size} - 1) - 1"
        left = f"({self.size} + 2x{self.padding} - {reach}) / {self.stride} + 1"
        return f"{left} = {decimal(self.quotient)}{self._rounding}"

    @property
    def _rounding(self) -> str:
        if self.rounds_up and self.output != ceil(self.quotient):
            rounded = f", rounded up to {ceil(self.quotient)}" if self._is_rounded else ""
            return f"{rounded}, less the window that would start outside: {self.output}"
        way = "up" if self.rounds_up else "down"
        return f", rounded {way} to {self.output}" if self._is_rounded else ""

    @property
    def _is_rounded(self) -> bool:
        return self.quotient.denominator > 1


def sides(node: Node) -> tuple[Side, Side] | None:
    """The windows of a layer along height and width, or None where none slides."""
    slid = sliding(node.module)
    if not node.inputs or {len(node.input_shapes[0]), len(node.output_shape)} != {3}:
        return None
    if slid is None or node.type.role == "transposed convolution":
        return None
    if isinstance(node.module, Layer) and slid == Sliding((1, 1), (1, 1)):
        return None
    height, width = zip(slid.kernel_size, slid.stride, slid.padding, slid.dilation, strict=True)
    _, rows, columns = node.input_shapes[0]
    return Side(rows, *height, slid.rounds_up), Side(columns, *width, slid.rounds_up)
