"""The window that a convolution or a pooling slides over a map, and the sides that it makes."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from torch import nn

from cnnviz.analysis.kinds import is_adaptive, kind_of
from cnnviz.architectures import Layer, Role

Pair = tuple[int, int]

# Layers that slide a window, but for adaptive pooling.
SLIDING: tuple[Role, ...] = ("convolution", "transposed convolution", "pooling")


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


@dataclass(frozen=True)
class Sliding:
    """A window that slides over a map, (height, width) each.

    Attributes:
        rounds_up: Whether the last window may reach over the border (ceil mode).
    """

    kernel_size: Pair
    stride: Pair
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    rounds_up: bool = False

    def over(self, rows: int, columns: int) -> tuple[Side, Side]:
        """The window along the height and along the width of a map."""
        settings = (self.kernel_size, self.stride, self.padding, self.dilation)
        height, width = zip(*settings, strict=True)
        return Side(rows, *height, self.rounds_up), Side(columns, *width, self.rounds_up)


def sliding(module: nn.Module | None) -> Sliding | None:
    """The window that a layer slides over its input; a transposed convolution over its output."""
    if isinstance(module, Layer):
        return Sliding(pair(module.kernel_size), pair(module.stride))
    if module is None or kind_of(module).role not in SLIDING or is_adaptive(module):
        return None
    window: Any = module
    kernel_size, dilation = pair(window.kernel_size), pair(getattr(window, "dilation", 1))
    padding = pair(window.padding)
    if window.padding == "same":  # what it adds before the first row and the first column
        height, width = (d * (k - 1) // 2 for k, d in zip(kernel_size, dilation, strict=True))
        padding = height, width
    rounds_up = getattr(window, "ceil_mode", False)
    return Sliding(kernel_size, pair(window.stride), padding, dilation, rounds_up)


def pair(size: int | str | tuple[int, ...]) -> Pair:
    """(height, width) of what is one number for both or two; padding="valid" is none."""
    if isinstance(size, str):
        return (0, 0)
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def known_shape(module: nn.Module, shape: tuple[int, ...]) -> tuple[int, ...]:
    """What a convolution, a linear layer or a pooling makes; () of others, which torch must run.

    (The first of these that torch runs on the meta device imports sympy, which takes a second.)

    Raises:
        RuntimeError: The layer cannot read that shape.
    """
    layer: Any = module
    kind, slid = kind_of(module), sliding(module)
    if kind.role == "linear" and shape[-1] == layer.in_features:
        return (*shape[:-1], layer.out_features)
    if is_adaptive(module):
        return (shape[0], *pair(layer.output_size))
    if slid is None or kind.role not in ("convolution", "pooling"):
        return ()
    height, width = slid.over(*shape[1:])
    if min(height.output, width.output) < 1:
        raise RuntimeError(f"{module} cannot read maps of {shape}.")
    return (layer.out_channels if kind.has_filters else shape[0], height.output, width.output)
