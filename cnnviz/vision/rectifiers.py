"""A network's rectifiers (ReLU, ReLU6) with another gradient, for one thread."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn

from cnnviz.analysis.kinds import kind_of
from cnnviz.architectures import Network

Rectifier = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def rectifiers(network: Network) -> list[nn.Module]:
    """The network's rectifiers, in the order of their registration."""
    return [module for module in network.modules() if kind_of(module).rectifies]


@contextmanager
def rectified_by(network: Network, function: Rectifier) -> Iterator[None]:
    """Every rectifier puts out what a function makes of its input and output, in this thread alone.

    Args:
        network: It may be shared by threads.
        function: Gives the rectifier's output; it may have another gradient.
    """
    with ExitStack() as hooks:
        for module in rectifiers(network):
            hooks.callback(module.register_forward_hook(_replacer(function)).remove)
        yield


def _replacer(function: Rectifier) -> Callable[..., torch.Tensor | None]:
    owner = threading.get_ident()

    def replace(module: nn.Module, args: Any, output: torch.Tensor) -> torch.Tensor | None:
        return function(args[0], output) if threading.get_ident() == owner else None

    return replace
