"""How a loss's gradient and the activations fare on their way through a network, on one batch."""

import copy
import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from cnnviz.analysis.kinds import BATCH_NORM, WEIGHTED, kind_of, layers_of
from cnnviz.progress import Progress, ignore_progress
from cnnviz.vision.capture import hooked


@dataclass(frozen=True)
class LayerGradient:
    """The gradient of one layer's weight.

    Attributes:
        layer: Module path, as in the layer table.
        position: Share of the depth, 0 the first layer with a weight that runs, 1 the last.
        norm: Euclidean norm of dL / dW.
        rms: norm / sqrt(number of weights), so that layers of different size compare.
    """

    layer: str
    position: float
    norm: float
    rms: float


@dataclass(frozen=True)
class ActivationStatistics:
    """What one layer puts out for a batch, all images, maps and pixels together.

    Attributes:
        layer: Module path.
        position: Share of the depth, in [0, 1].
        mean: Of all values.
        std: Of all values, divided by their number.
        zeros: Share of values that are exactly 0.
    """

    layer: str
    position: float
    mean: float
    std: float
    zeros: float


def layer_gradients(
    network: nn.Module,
    pixels: torch.Tensor,
    labels: torch.Tensor,
    progress: Progress = ignore_progress,
) -> list[LayerGradient]:
    """The gradient of each convolution's and linear layer's weight, in the order that they run.

    The loss is the mean cross-entropy of the batch. It works on a copy of the network, where batch
    normalisation takes the batch's mean and variance, as in training; what is random in training
    (dropout, blocks left out) is switched off.

    Args:
        network: Stays as it is.
        pixels: Preprocessed, (N, C, H, W).
        labels: int64 (N,).
        progress: Told after each layer, forward and backward.
    """
    studied = studied_copy(network)
    order, layers = [], layers_of(studied, *WEIGHTED)
    with heard(studied, progress):
        with _told(layers, lambda name, output: order.append(name)):
            loss = batch_loss(studied, pixels, labels)
        loss.backward()
    weights = {name: layers[name].get_parameter("weight") for name in dict.fromkeys(order)}
    gradients = {name: w.grad for name, w in weights.items() if w.grad is not None}
    rows = []
    for index, (name, gradient) in enumerate(gradients.items()):
        norm, position = float(gradient.norm()), _position(index, len(gradients))
        rms = norm / math.sqrt(gradient.numel())
        rows.append(LayerGradient(name, position, norm, rms))
    return rows


@torch.no_grad()
def activation_statistics(
    network: nn.Module, pixels: torch.Tensor, progress: Progress = ignore_progress
) -> list[ActivationStatistics]:
    """Mean, spread and zeros of what each non-linearity puts out, in the order that they run.

    Glorot and Bengio 2010, section 4, and He et al. 2015, section 2.2, ask an initialisation to
    keep the spread from layer to layer. What it is given is as ``layer_gradients`` takes it.
    """
    studied = studied_copy(network)
    seen: list[tuple[str, float, float, float]] = []

    def see(name: str, output: torch.Tensor) -> None:
        zeros = float((output == 0).double().mean())
        values = output.double()
        seen.append((name, float(values.mean()), float(values.std(correction=0)), zeros))

    with heard(studied, progress), _told(layers_of(studied, "activation"), see):
        studied(pixels)
    return [
        ActivationStatistics(name, _position(index, len(seen)), *numbers)
        for index, (name, *numbers) in enumerate(seen)
    ]


def studied_copy(network: nn.Module) -> nn.Module:
    """A copy in eval mode, but for batch normalisation, which takes the batch's statistics."""
    studied = copy.deepcopy(network).requires_grad_(True).eval()
    for module in studied.modules():
        if kind_of(module) is BATCH_NORM:
            module.train()
    return studied


def batch_loss(network: nn.Module, pixels: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean cross-entropy of a batch, from which gradients go back to every block's input."""
    with torch.enable_grad():
        # So that the first block's input is tied to autograd even where there is no stem.
        return functional.cross_entropy(network(pixels.detach().clone().requires_grad_()), labels)


def heard(network: nn.Module, progress: Progress) -> AbstractContextManager[None]:
    """Tells a progress function of each layer that runs in this context, forward and backward.

    A layer's way back counts twice: there its input's and its weight's gradient are computed.
    """
    layers = layers_of(network, *WEIGHTED)
    most = len(layers) * (3 if torch.is_grad_enabled() else 1)
    done = 0

    def tell(steps: int) -> None:
        nonlocal done
        done += steps
        progress(min(done / most, 1.0))

    def after(module: nn.Module, inputs: Any, output: torch.Tensor) -> None:
        tell(1)
        if output.requires_grad:
            output.register_hook(lambda gradient: tell(2))

    return hooked((layer, after) for layer in layers.values())


def _told(
    layers: dict[str, nn.Module], tell: Callable[[str, torch.Tensor], None]
) -> AbstractContextManager[None]:
    names = {module: name for name, module in layers.items()}

    def hook(module: nn.Module, inputs: Any, output: torch.Tensor) -> None:
        tell(names[module], output.detach())

    return hooked((layer, hook) for layer in layers.values())


def _position(index: int, count: int) -> float:
    return index / (count - 1) if count > 1 else 0.0
