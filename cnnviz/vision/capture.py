"""What layers of a shared network put out or read during one request, with gradients if wanted."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn


@dataclass(frozen=True)
class Place:
    """Where in a network something can be looked at.

    Attributes:
        layer: Module path, as in the layer table.
        input_index: Which of the layer's inputs; None is its output.
    """

    layer: str
    input_index: int | None = None


@contextmanager
def recorded(network: nn.Module, places: Sequence[Place]) -> Iterator[dict[Place, torch.Tensor]]:
    """What is at some places while the code inside the context runs the network.

    Several threads may do this on one network at once: a hook records for its own thread alone.

    Yields:
        Copies of the tensors by place, filled in as the layers run.

    Raises:
        KeyError: A path is no module of the network; the message names it.
    """
    outputs: dict[Place, torch.Tensor] = {}
    with ExitStack() as hooks:
        for place in places:
            module = submodule(network, place.layer)
            if place.input_index is None:
                handle = module.register_forward_hook(_copier(place, outputs))
            else:
                handle = module.register_forward_pre_hook(_input_copier(place, outputs))
            hooks.callback(handle.remove)
        yield outputs


@contextmanager
def captured(network: nn.Module, layers: Sequence[str]) -> Iterator[dict[str, torch.Tensor]]:
    """The outputs of some layers, filled in by the forward pass that runs inside the context.

    Several threads may do this on one network at once: a hook records for its own thread alone. The
    first layer that runs becomes a leaf, so that with a frozen network autograd's graph begins
    there; the layers behind it stay connected to it. What flows on is a copy, so that an in-place
    operation cannot change what was captured.

    Args:
        network: Any module.
        layers: Module paths, as in the layer table.

    Yields:
        Activations (N, C, H, W) by layer, each requiring a gradient.

    Raises:
        KeyError: A path is no module of the network; the message names it.
    """
    activations: dict[str, torch.Tensor] = {}
    with ExitStack() as hooks:
        for name in layers:
            module = submodule(network, name)
            handle = module.register_forward_hook(_recorder(name, activations))
            hooks.callback(handle.remove)
        yield activations


def activation(
    network: nn.Module, layer: str, image: torch.Tensor, input_index: int | None = None
) -> torch.Tensor:
    """What one layer puts out for an image, tied to the image by autograd; the pass ends there.

    Several threads may do this on one network at once, as with ``captured``.

    Args:
        network: Any module.
        layer: Module path, as in the layer table.
        image: The network's input, (N, C, H, W).
        input_index: Return what the layer reads as this input instead.

    Raises:
        KeyError: ``layer`` is no module of the network; the message names it.
        ValueError: The layer did not run.
    """
    module = submodule(network, layer)
    if input_index is None:
        handle = module.register_forward_hook(_stop_at_output())
    else:
        handle = module.register_forward_pre_hook(_stop_at_input(input_index))
    try:
        network(image)
    except _Reached as reached:
        return reached.tensor
    finally:
        handle.remove()
    raise ValueError(f"layer must be one that the network runs; received {layer}.")


class _Reached(BaseException):
    """Ends a forward pass; no error, so nothing on the way that catches errors may catch it."""

    def __init__(self, tensor: torch.Tensor) -> None:
        super().__init__()
        self.tensor = tensor


def _stop_at_output() -> Callable[..., None]:
    owner = threading.get_ident()

    def stop(module: nn.Module, args: Any, output: torch.Tensor) -> None:
        if threading.get_ident() == owner:
            raise _Reached(output)

    return stop


def _stop_at_input(index: int) -> Callable[..., None]:
    owner = threading.get_ident()

    def stop(module: nn.Module, args: Any) -> None:
        if threading.get_ident() == owner:
            raise _Reached(args[index])

    return stop


def submodule(network: nn.Module, name: str) -> nn.Module:
    """The module of that path.

    Raises:
        KeyError: There is none; the message names it.
    """
    try:
        return network.get_submodule(name)
    except AttributeError:
        last = list(dict(network.named_children()))[-1]
        raise KeyError(
            f"{name} is no layer of this network; take a name from its layer table, such as {last}."
        ) from None


def _copier(place: Place, outputs: dict[Place, torch.Tensor]) -> Callable[..., None]:
    owner = threading.get_ident()

    def copy(module: nn.Module, args: Any, output: torch.Tensor) -> None:
        if threading.get_ident() == owner:
            outputs[place] = output.detach().clone()

    return copy


def _input_copier(place: Place, outputs: dict[Place, torch.Tensor]) -> Callable[..., None]:
    owner, index = threading.get_ident(), place.input_index

    def copy(module: nn.Module, args: Any) -> None:
        if threading.get_ident() == owner:
            outputs[place] = args[index].detach().clone()

    return copy


def _recorder(name: str, activations: dict[str, torch.Tensor]) -> Callable[..., Any]:
    owner = threading.get_ident()

    def record(module: nn.Module, args: Any, output: torch.Tensor) -> torch.Tensor | None:
        if threading.get_ident() != owner:
            return None
        activation = output if activations and output.requires_grad else output.detach()
        activations[name] = activation.requires_grad_()
        return activation.clone()

    return record
