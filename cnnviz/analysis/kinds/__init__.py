"""The table of layer types that analysis, vision and training read.

A layer of torch.nn is a row of ``KINDS``; one that torch.nn does not have (``architectures.Layer``)
says the same of itself. To use another layer of torch.nn in a network, give it a row in table.py:
``tests/analysis/test_kinds.py`` says what must hold of it. Without a row it has its class's name
as its title, and no operations.
"""

from dataclasses import dataclass
from typing import Any

from torch import nn

from cnnviz.analysis import probe
from cnnviz.analysis.kinds.kept import nothing
from cnnviz.analysis.kinds.kind import Kind
from cnnviz.analysis.kinds.operations import joined
from cnnviz.analysis.kinds.table import AVERAGE_POOLING, BATCH_NORM, KINDS
from cnnviz.architectures import Layer, Role

__all__ = ["AVERAGE_POOLING", "BATCH_NORM", "KINDS", "Kind"]

Pair = tuple[int, int]

# Layers that multiply weights: those that a network's depth counts.
WEIGHTED: tuple[Role, ...] = ("convolution", "transposed convolution", "linear")
# Layers that slide a window, but for adaptive pooling.
SLIDING: tuple[Role, ...] = ("convolution", "transposed convolution", "pooling")

_BY_CLASS = {each: kind for kind in KINDS for each in kind.classes}
_BY_FUNCTION = {
    name: kind for kind in KINDS if kind.functions for name in (kind.title, *kind.functions)
}


def kind_of(module: nn.Module) -> Kind:
    """The row of a layer: that of its class or of the nearest class above; a ``Layer``'s own."""
    if isinstance(module, Layer):
        return _own(module)
    known = (_BY_CLASS[each] for each in type(module).__mro__ if each in _BY_CLASS)
    return next(known, None) or Kind(type(module).__name__, "other")


def _own(layer: Layer) -> Kind:
    return Kind(
        layer.kind,
        layer.role,
        keeps_shape=layer.role == "activation",
        keeps_channels=layer.keeps_channels or layer.role == "activation",
        has_filters=layer.has_filters,
        macs=lambda node: layer.macs(node.output_shape),
        operations=probe.elementwise,
    )


def kind_of_operation(name: str) -> Kind:
    """The row of an operation by its title or a function's name; without a row it is called so."""
    return _BY_FUNCTION.get(name, Kind(name, "other", operations=joined, kept=nothing))


def layers_of(network: nn.Module, *roles: Role) -> dict[str, nn.Module]:
    """A network's layers that have one of these roles, by module path, as registered."""
    modules = network.named_modules()
    return {name: module for name, module in modules if kind_of(module).role in roles}


def weights_of(network: nn.Module) -> dict[str, nn.Parameter]:
    """The weight of each convolution and linear layer, by module path."""
    layers = layers_of(network, *WEIGHTED)
    return {name: layer.get_parameter("weight") for name, layer in layers.items()}


def is_global_pooling(module: nn.Module | None) -> bool:
    """Whether a layer makes one number of each map."""
    return module is not None and kind_of(module).title_of(module).startswith("global")


def is_adaptive(module: nn.Module | None) -> bool:
    """Whether a layer pools into windows that depend on the size of its input."""
    is_pooling = module is not None and kind_of(module).role == "pooling"
    return is_pooling and not hasattr(module, "kernel_size")


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


def sliding(module: nn.Module | None) -> Sliding | None:
    """The window that a layer slides over its input; a transposed convolution over its output."""
    if isinstance(module, Layer):
        return Sliding(pair(module.kernel_size), pair(module.stride))
    if module is None or kind_of(module).role not in SLIDING or is_adaptive(module):
        return None
    window: Any = module
    kernel_size, dilation = pair(window.kernel_size), pair(getattr(window, "dilation", 1))
    padding = pair(window.padding) if window.padding != "same" else _same(kernel_size, dilation)
    rounds_up = getattr(window, "ceil_mode", False)
    return Sliding(kernel_size, pair(window.stride), padding, dilation, rounds_up)


def _same(kernel_size: Pair, dilation: Pair) -> Pair:
    """What padding="same" adds before the first row and the first column."""
    height, width = (d * (k - 1) // 2 for k, d in zip(kernel_size, dilation, strict=True))
    return height, width


def pair(size: int | str | tuple[int, ...]) -> Pair:
    """(height, width) of what is one number for both or two; padding="valid" is none."""
    if isinstance(size, str):
        return (0, 0)
    return (size, size) if isinstance(size, int) else (size[0], size[1])
