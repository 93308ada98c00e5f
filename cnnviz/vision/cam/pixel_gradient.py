"""The gradient of a logit with respect to the pixels, plain or guided."""

from contextlib import ExitStack
from typing import Any

import torch
from torch import nn

from cnnviz.architectures import Network
from cnnviz.vision.capture import rectified_by, rectifiers


def pixel_gradient(
    network: Network, image: torch.Tensor, class_index: int, guided: bool = False
) -> torch.Tensor:
    """Compute dy / dx for the logit y of a class and all pixels x, signed (C, H, W).

    Args:
        network: In eval mode; it may be shared by threads.
        image: Preprocessed, (1, C, H, W).
        class_index: From 0 to num_classes - 1.
        guided: Backpropagate only positive gradients through rectifiers (ReLU, ReLU6), where their
            own gradient is not 0 (Springenberg et al. 2015, section 3.4).

    Raises:
        ValueError: ``guided`` for a network without rectifiers.
    """
    pixels = image.detach().clone().requires_grad_()
    with ExitStack() as guides, torch.enable_grad():
        if guided:
            require_rectifiers(network)
            guides.enter_context(rectified_by(network, _guided))
        logits = network(pixels)
        (slope,) = torch.autograd.grad(logits[0, class_index], pixels)
    gradient: torch.Tensor = slope[0]
    return gradient


def require_rectifiers(network: Network) -> list[nn.Module]:
    """The ReLUs (or ReLU6s) of a network, for guided backpropagation.

    Raises:
        ValueError: The network has none.
    """
    layers = rectifiers(network)
    if not layers:
        raise ValueError(
            "network must have ReLUs for guided backpropagation; received one without: choose "
            "saliency, which is the plain gradient."
        )
    return layers


def _guided(x: torch.Tensor, output: torch.Tensor) -> torch.Tensor:
    """A rectifier's output that drops negative gradients."""
    guided: torch.Tensor = _PositiveGradients.apply(output)
    return guided


class _PositiveGradients(torch.autograd.Function):
    """The identity, which drops negative gradients."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *slopes: torch.Tensor) -> torch.Tensor:
        return slopes[0].clamp(min=0)
