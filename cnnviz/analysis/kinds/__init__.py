"""The table of layer types that analysis, vision and training read.

A layer of torch.nn is a row of ``KINDS``; one that torch.nn does not have (``architectures.Layer``)
says the same of itself. To use another layer of torch.nn in a network, give it a row in table.py:
``tests/analysis/test_kinds.py`` says what must hold of it. Without a row it has its class's name
as its title, and is counted by running it alone.
"""

from torch import nn

from cnnviz.analysis.kinds.kept import nothing
from cnnviz.analysis.kinds.kind import Kind
from cnnviz.analysis.kinds.operations import by_torch, elementwise, joined
from cnnviz.analysis.kinds.table import AVERAGE_POOLING, BATCH_NORM, KINDS
from cnnviz.architectures import Layer, Role

__all__ = ["AVERAGE_POOLING", "BATCH_NORM", "KINDS", "Kind"]

# Layers that multiply weights: those that a network's depth counts.
WEIGHTED: tuple[Role, ...] = ("convolution", "transposed convolution", "linear")

_BY_CLASS = {each: kind for kind in KINDS for each in kind.classes}
_BY_FUNCTION = {
    name: kind for kind in KINDS if kind.functions for name in (kind.title, *kind.functions)
}


def kind_of(module: nn.Module) -> Kind:
    """The row of a layer: that of its class or of the nearest class above; a ``Layer``'s own."""
    if isinstance(module, Layer):
        return _own(module)
    known = (_BY_CLASS[each] for each in type(module).__mro__ if each in _BY_CLASS)
    return next(known, None) or _unknown(module)


def _unknown(module: nn.Module) -> Kind:
    """What can be said of a layer without a row: it is counted by running it alone."""
    return Kind(type(module).__name__, "other", macs=by_torch, operations=elementwise)


def _own(layer: Layer) -> Kind:
    return Kind(
        layer.kind,
        layer.role,
        keeps_shape=layer.role == "activation",
        keeps_channels=layer.keeps_channels or layer.role == "activation",
        has_filters=layer.has_filters,
        macs=lambda node: layer.macs(node.output_shape),
        operations=elementwise,
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
