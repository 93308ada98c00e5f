"""Pieces that two or more families share."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import nn

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
            draw: Initialiser | None = convolution
        elif isinstance(module, nn.Linear):
            draw = linear
        else:
            continue
        if draw is None:
            continue
        draw(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def he_normal(weight: torch.Tensor) -> torch.Tensor:
    """N(0, 2 / fan_out): He et al. 2015, equation 14."""
    return nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu")


def global_average_head(channels: int, num_classes: int) -> nn.Sequential:
    """Global average pooling, then one linear layer (Lin et al. 2014, section 3.2)."""
    return named(
        pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(channels, num_classes)
    )
