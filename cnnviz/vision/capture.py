"""What layers of a shared network put out or read during one request, with gradients if wanted.

Several threads may look at one network at once: every hook acts in its own thread alone.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from cnnviz.analysis.kinds import kind_of

# As torch has them: of a module and its inputs, and afterwards its output.
Hook = tuple[nn.Module, Callable[..., Any]]


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
def hooked(after: Iterable[Hook], before: Iterable[Hook] = ()) -> Iterator[None]:
    """Register forward hooks and pre-hooks that act in this thread while the context lasts."""
    owner = threading.get_ident()

    def own(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args: function(*args) if threading.get_ident() == owner else None

    with ExitStack() as hooks:
        for module, function in after:
            hooks.callback(module.register_forward_hook(own(function)).remove)
        for module, function in before:
            hooks.callback(module.register_forward_pre_hook(own(function)).remove)
        yield


def _looking(
    network: nn.Module, places: Sequence[Place], look: Callable[[Place, torch.Tensor], Any]
) -> AbstractContextManager[None]:
    """Call a function with each place and its tensor; what it returns for an output flows on."""

    def hook(place: Place) -> Hook:
        index = place.input_index
        return submodule(network, place.layer), lambda module, args, output=None: look(
            place, output if index is None else args[index]
        )

    return hooked(
        [hook(place) for place in places if place.input_index is None],
        [hook(place) for place in places if place.input_index is not None],
    )


@contextmanager
def recorded(network: nn.Module, places: Sequence[Place]) -> Iterator[dict[Place, torch.Tensor]]:
    """What is at some places while the code inside the context runs the network.

    Yields:
        Copies of the tensors by place, filled in as the layers run.

    Raises:
        KeyError: A path is no module of the network; the message names it.
    """
    tensors: dict[Place, torch.Tensor] = {}

    def keep(place: Place, tensor: torch.Tensor) -> None:
        tensors[place] = tensor.detach().clone()

    with _looking(network, places, keep):
        yield tensors


@contextmanager
def captured(network: nn.Module, layers: Sequence[str]) -> Iterator[dict[str, torch.Tensor]]:
    """The outputs of some layers, filled in by the forward pass that runs inside the context.

    The first layer that runs becomes a leaf, so that with a frozen network autograd's graph begins
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

    def keep(place: Place, output: torch.Tensor) -> torch.Tensor:
        activation = output if activations and output.requires_grad else output.detach()
        activations[place.layer] = activation.requires_grad_()
        return activation.clone()

    with _looking(network, [Place(layer) for layer in layers], keep):
        yield activations


def activation(network: nn.Module, place: Place, image: torch.Tensor) -> torch.Tensor:
    """What is at one place for an image, tied to the image by autograd; the pass ends there.

    Args:
        network: Any module.
        place: A layer's output, or one of its inputs.
        image: The network's input, (N, C, H, W).

    Raises:
        KeyError: The layer is no module of the network; the message names it.
        ValueError: The layer did not run.
    """

    def stop(place: Place, tensor: torch.Tensor) -> None:
        raise _Reached(tensor)

    try:
        with _looking(network, [place], stop):
            network(image)
    except _Reached as reached:
        return reached.tensor
    raise ValueError(f"layer must be one that the network runs; received {place.layer}.")


class _Reached(BaseException):
    """Ends a forward pass; no error, so nothing on the way that catches errors may catch it."""

    def __init__(self, tensor: torch.Tensor) -> None:
        super().__init__()
        self.tensor = tensor


def rectifiers(network: nn.Module) -> list[nn.Module]:
    """The network's rectifiers (ReLU, ReLU6), in the order of their registration."""
    return [module for module in network.modules() if kind_of(module).rectifies]


def rectified_by(
    network: nn.Module, function: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
) -> AbstractContextManager[None]:
    """Every rectifier puts out what a function makes of its input and output.

    Args:
        network: It may be shared by threads.
        function: Gives the rectifier's output; it may have another gradient.
    """
    return hooked(
        (module, lambda module, args, output: function(args[0], output))
        for module in rectifiers(network)
    )


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
