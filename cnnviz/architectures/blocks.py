"""Pieces that two or more families share."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import nn

from cnnviz.hyperparameters import choice

Initialiser = Callable[[torch.Tensor], torch.Tensor]


def named(**modules: nn.Module) -> nn.Sequential:
    """A Sequential whose layers have names."""
    return nn.Sequential(OrderedDict(modules))


def initialise(
    network: nn.Module, *, convolution: Initialiser, linear: Initialiser | None = None
) -> None:
    """Draw all weights of convolutions (and of linear layers, if given) and set biases to zero."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            _draw(module, convolution)
        elif isinstance(module, nn.Linear) and linear is not None:
            _draw(module, linear)


def _draw(module: nn.Conv2d | nn.Linear, initialiser: Initialiser) -> None:
    initialiser(module.weight)
    if module.bias is not None:
        nn.init.zeros_(module.bias)


def gaussian(weight: torch.Tensor) -> torch.Tensor:
    """N(0, 0.01^2): Krizhevsky et al. 2012, section 5."""
    return nn.init.normal_(weight, std=0.01)


def xavier(weight: torch.Tensor) -> torch.Tensor:
    """N(0, 2 / (fan_in + fan_out)): Glorot and Bengio 2010, equation 12."""
    return nn.init.xavier_normal_(weight)


def he_normal(weight: torch.Tensor) -> torch.Tensor:
    """N(0, 2 / fan_out): He et al. 2015, equation 14."""
    return nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu")


INITIALISERS: dict[str, Initialiser] = {"gaussian": gaussian, "xavier": xavier, "he": he_normal}


def initialisation() -> str:
    """The hyperparameter that chooses between the paper's initialisation and three others."""
    return choice(
        "paper",
        *INITIALISERS,
        default="paper",
        help="How weights are drawn: as the paper says, N(0, 0.01^2), Glorot and Bengio's, or "
        "He's.",
    )


def reinitialise(network: nn.Module, how: str) -> None:
    """Draw all weights again by one of ``INITIALISERS``; "paper" leaves them as they are."""
    if how != "paper":
        initialise(network, convolution=INITIALISERS[how], linear=INITIALISERS[how])


def global_average_head(channels: int, num_classes: int) -> nn.Sequential:
    """Global average pooling, then one linear layer (Lin et al. 2014, section 3.2)."""
    return named(
        pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(channels, num_classes)
    )
