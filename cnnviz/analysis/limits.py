"""Limits on a network's size, checked before it is run or drawn."""

from collections.abc import Mapping
from math import prod

from torch import nn

MAX_PARAMS = 2_000_000_000
MAX_LAYERS = 20_000
# Bytes of all layers' outputs for one image in float32: what the largest card, an H200, has.
MAX_MEMORY = 141e9
# Bytes that a network may need to be really run beside the pages: timed, counted by other tools,
# followed by its gradient.
MAX_TO_RUN = 8e9
BYTES = 4  # float32


class GraphError(ValueError):
    """The network cannot process such an image, or is too large; the message names the layer."""


def check_size(layers: Mapping[str, nn.Module]) -> None:
    """Refuse a network for its layers, by name, which need not have weights.

    Raises:
        GraphError: There are more than ``MAX_LAYERS`` or ``MAX_PARAMS``.
    """
    if len(layers) > MAX_LAYERS:
        raise GraphError(
            f"This network has {len(layers):,} layers, the last of them {list(layers)[-1]}; more "
            f"than {MAX_LAYERS:,} are not analysed. Choose fewer blocks."
        )
    params = {name: sum(p.numel() for p in layer.parameters()) for name, layer in layers.items()}
    total = sum(params.values())
    if total > MAX_PARAMS:
        largest = max(params, key=lambda name: params[name])
        raise GraphError(
            f"This network has {total / 1e9:.2f} G parameters, {params[largest] / 1e6:,.1f} M of "
            f"them in its largest layer {largest}; more than {MAX_PARAMS / 1e9:g} G are not "
            "analysed. Choose fewer blocks or channels."
        )


def check_memory(outputs: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse a network for the shapes, by name, of what its layers put out for one image.

    Raises:
        GraphError: They take more than ``MAX_MEMORY`` together.
    """
    sizes = {name: BYTES * prod(shape) for name, shape in outputs.items()}
    total = sum(sizes.values())
    if total > MAX_MEMORY:
        largest = max(sizes, key=lambda name: sizes[name])
        raise GraphError(
            f"The outputs of all layers take {total / 1e9:,.0f} GB for one image, that of "
            f"{largest} alone {sizes[largest] / 1e9:,.1f} GB; more than the "
            f"{MAX_MEMORY / 1e9:g} GB of the largest graphics card are not analysed. Choose fewer "
            "channels or a lower resolution."
        )
