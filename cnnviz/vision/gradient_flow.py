"""How a loss's gradient and the activations fare on their way through a network, on one batch."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

# The child modules of residual blocks that are the way past F.
SHORTCUTS = ("shortcut", "reshape")
WEIGHTED = (nn.Conv2d, nn.Linear)
ACTIVATED = (nn.ReLU, nn.Tanh, nn.Sigmoid)


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
class IdentityShare:
    """The two ways by which the gradient comes back to the input x of one residual block.

    With g_h what arrives through the shortcut and g_F what arrives through F, dL / dx = g_h + g_F.

    Attributes:
        block: Module path.
        shortcut: ||g_h||.
        residual: ||g_F||.
        cosine: Of the angle between both; None where one of them is 0.
    """

    block: str
    shortcut: float
    residual: float
    cosine: float | None

    @property
    def share(self) -> float | None:
        """||g_h|| / (||g_h|| + ||g_F||); None where no gradient arrives at all."""
        total = self.shortcut + self.residual
        return self.shortcut / total if total else None


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
    network: nn.Module, pixels: torch.Tensor, labels: torch.Tensor
) -> list[LayerGradient]:
    """The gradient of each convolution's and linear layer's weight, in the order that they run.

    The loss is the mean cross-entropy of the batch. It works on a copy of the network, where batch
    normalisation takes the batch's mean and variance, as in training; what is random in training
    (dropout, blocks left out) is switched off.

    Args:
        network: Stays as it is.
        pixels: Preprocessed, (N, C, H, W).
        labels: int64 (N,).
    """
    studied = _studied(network)
    order, layers = [], _named(studied, WEIGHTED)
    with _told(layers, lambda name, output: order.append(name)):
        loss = _loss(studied, pixels, labels)
    loss.backward()
    modules = dict(layers)
    order = [name for name in dict.fromkeys(order) if modules[name].weight.grad is not None]
    found = []
    for index, name in enumerate(order):
        weight: Any = modules[name].weight
        norm = float(weight.grad.norm())
        rms = norm / math.sqrt(weight.numel())
        found.append(LayerGradient(name, _position(index, len(order)), norm, rms))
    return found


def identity_shares(
    network: nn.Module, pixels: torch.Tensor, labels: torch.Tensor
) -> list[IdentityShare]:
    """How much of the gradient reaches each block's input past F, and how much through it.

    x_L = x_l + sum F, so dL/dx_l = dL/dx_L (1 + d/dx_l sum F): He, Zhang, Ren and Sun 2016,
    Identity Mappings in Deep Residual Networks, equations 4 and 5. Here the same is measured block
    by block: the first term is what a shortcut, with its scaling or gate, lets through; a gate that
    reads the shortcut belongs to it, also where it multiplies F. Dropout on a shortcut is off here,
    so that row of Table 1 has the numbers of the identity. Network, pixels and labels are as
    ``layer_gradients`` takes them.

    Returns:
        In forward order; empty where there is no residual block.
    """
    studied = _studied(network)
    inputs: dict[str, torch.Tensor] = {}
    shortcuts: dict[str, torch.Tensor] = {}
    hooks = []
    for name, block in studied.named_modules():
        for child in SHORTCUTS:
            way = getattr(block, child, None)
            if isinstance(way, nn.Module):
                hooks.append(block.register_forward_pre_hook(_input_keeper(inputs, name)))
                hooks.append(way.register_forward_hook(_output_keeper(shortcuts, name)))
    loss = _loss(studied, pixels, labels)
    for hook in hooks:
        hook.remove()
    return [_identity_share(name, loss, inputs[name], h) for name, h in shortcuts.items()]


def _identity_share(
    name: str, loss: torch.Tensor, x: torch.Tensor, h: torch.Tensor
) -> IdentityShare:
    whole, at_shortcut = torch.autograd.grad(loss, (x, h), retain_graph=True)
    (past,) = torch.autograd.grad(h, x, at_shortcut, retain_graph=True)
    through = whole - past
    one, other = float(past.norm()), float(through.norm())
    cosine = float((past * through).sum()) / (one * other) if one and other else None
    return IdentityShare(name, one, other, cosine)


@torch.no_grad()
def activation_statistics(network: nn.Module, pixels: torch.Tensor) -> list[ActivationStatistics]:
    """Mean, spread and zeros of what each non-linearity puts out, in the order that they run.

    Glorot and Bengio 2010, section 4, and He et al. 2015, section 2.2, ask an initialisation to
    keep the spread from layer to layer. Network and pixels are as ``layer_gradients`` takes them.
    """
    studied = _studied(network)
    seen: list[tuple[str, float, float, float]] = []

    def see(name: str, output: torch.Tensor) -> None:
        zeros = float((output == 0).double().mean())
        values = output.double()
        seen.append((name, float(values.mean()), float(values.std(correction=0)), zeros))

    with _told(_named(studied, ACTIVATED), see):
        studied(pixels)
    return [
        ActivationStatistics(name, _position(index, len(seen)), *numbers)
        for index, (name, *numbers) in enumerate(seen)
    ]


def _studied(network: nn.Module) -> nn.Module:
    """A copy in eval mode, but for batch normalisation, which takes the batch's statistics."""
    studied = copy.deepcopy(network).requires_grad_(True).eval()
    for module in studied.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.train()
    return studied


def _loss(network: nn.Module, pixels: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    with torch.enable_grad():
        # So that the first block's input is tied to autograd even where there is no stem.
        return functional.cross_entropy(network(pixels.detach().clone().requires_grad_()), labels)


def _named(network: nn.Module, kinds: tuple[type[nn.Module], ...]) -> list[tuple[str, Any]]:
    return [(name, each) for name, each in network.named_modules() if isinstance(each, kinds)]


@contextmanager
def _told(
    layers: list[tuple[str, Any]], tell: Callable[[str, torch.Tensor], None]
) -> Iterator[None]:
    """Each layer's name and output are told when it runs in this context."""

    def teller(name: str) -> Callable[[nn.Module, Any, torch.Tensor], None]:
        return lambda module, inputs, output: tell(name, output.detach())

    hooks = [layer.register_forward_hook(teller(name)) for name, layer in layers]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _input_keeper(found: dict[str, torch.Tensor], name: str) -> Callable[..., None]:
    def keep(module: nn.Module, inputs: Any) -> None:
        found[name] = inputs[0]

    return keep


def _output_keeper(found: dict[str, torch.Tensor], name: str) -> Callable[..., torch.Tensor]:
    def keep(module: nn.Module, inputs: Any, output: torch.Tensor) -> torch.Tensor:
        # A tensor of its own: an identity puts out the block's input itself.
        found[name] = output.clone()
        return found[name]

    return keep


def _position(index: int, count: int) -> float:
    return index / (count - 1) if count > 1 else 0.0
