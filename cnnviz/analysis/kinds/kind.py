"""A row of the table of layer types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from torch import nn

from cnnviz.analysis.kinds.kept import Kept, measured
from cnnviz.analysis.kinds.operations import nothing
from cnnviz.architectures import Role

if TYPE_CHECKING:
    from cnnviz.analysis.node import Node

Count = Callable[["Node"], int]


@dataclass(frozen=True)
class Kind:
    """A type of layer or operation; a row of the table.

    Attributes:
        title: What it is called on screen.
        role: What it is for.
        classes: Its modules.
        functions: What a forward method calls to do the same without a module.
        keeps_shape: The output has the input's shape, whatever that is: it need not be run to know.
        keeps_channels: Channel k of the output is made of channel k of the input. (Local response
            norm and softmax divide it by others; the map is still that filter's.)
        has_filters: Each channel of the output is made by a filter of its own.
        rectifies: 0 for every negative number, and no gradient there: units can die, and guided
            backpropagation is defined.
        macs: Multiply-accumulates for one image.
        operations: What is computed for one image besides products of weights and biases.
        kept: What autograd keeps for the backward pass; measured unless given here.
    """

    title: str
    role: Role
    classes: tuple[type[nn.Module], ...] = ()
    _: KW_ONLY
    functions: tuple[str, ...] = ()
    keeps_shape: bool = False
    keeps_channels: bool = False
    has_filters: bool = False
    rectifies: bool = False
    macs: Count = nothing
    operations: Count = nothing
    kept: Callable[[Node], Kept] = measured

    def title_of(self, module: nn.Module) -> str:
        """The title of one layer: pooling into one number a map is global."""
        is_global = self.role == "pooling" and getattr(module, "output_size", 0) in (1, (1, 1))
        return f"global {self.title}" if is_global else self.title
