"""How each pixel moves the logit of a class: the gradient, plain or guided through the ReLUs."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import torch
from torch import nn

from cnnviz.architectures import Network
from cnnviz.vision.rectifiers import rectified_by, rectifiers


def pixel_gradient(
    network: Network, image: torch.Tensor, class_index: int, guided: bool = False
) -> torch.Tensor:
    """dy / dx at every number x of an image, y the logit of a class: (C, H, W), signed.

    Args:
        network: In eval mode; it may be shared by threads.
        image: Preprocessed, (1, C, H, W).
        class_index: From 0 to num_classes - 1.
        guided: Let each ReLU pass back only what is positive, and only where its input was
            (Springenberg et al. 2015, section 3.4).

    Raises:
        ValueError: ``guided`` where the network has no ReLU.
    """
    pixels = image.detach().clone().requires_grad_()
    with ExitStack() as guides, torch.enable_grad():
        if guided:
            require_rectifiers(network)
            guides.enter_context(rectified_by(network, _GuidedReLU.apply))
        logits = network(pixels)
        (slope,) = torch.autograd.grad(logits[0, class_index], pixels)
    found: torch.Tensor = slope[0]
    return found


def require_rectifiers(network: Network) -> list[nn.ReLU]:
    """The ReLUs that guided backpropagation needs.

    Raises:
        ValueError: The network has none.
    """
    found = rectifiers(network)
    if not found:
        raise ValueError(
            "network must have ReLUs for guided backpropagation; received one without: choose "
            "saliency, which is the plain gradient."
        )
    return found


class _GuidedReLU(torch.autograd.Function):
    """ReLU whose backward pass drops what is negative there too."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, *slopes: torch.Tensor) -> torch.Tensor:
        (x,) = ctx.saved_tensors
        passed: torch.Tensor = slopes[0].clamp(min=0) * (x > 0)
        return passed
