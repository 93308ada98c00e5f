"""The way past F in residual blocks: how much of the activations and of the gradient takes it.

x_L = x_l + sum F and dL/dx_l = dL/dx_L (1 + d/dx_l sum F): He, Zhang, Ren and Sun 2016, Identity
Mappings in Deep Residual Networks, equations 4 and 5. What is measured here is told block by block.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import torch
from torch import nn

from cnnviz.analysis.kinds import kind_of
from cnnviz.progress import Progress, ignore_progress
from cnnviz.vision.gradients.flow import batch_loss, heard, studied_copy

# The child modules of residual blocks that are the way past F.
SHORTCUTS = ("shortcut", "reshape")


@dataclass(frozen=True)
class IdentityShare:
    """The two ways by which something gets from one end of a residual block to the other.

    Going forward, y = h + F before what follows the addition. Going back, dL / dx = g_h + g_F,
    with g_h what arrives at the block's input x through the shortcut, g_F what arrives through F.

    Attributes:
        block: Module path.
        shortcut: ||h||, or ||g_h||.
        residual: ||F||, or ||g_F||.
        cosine: Of the angle between both; None where one of them is 0.
    """

    block: str
    shortcut: float
    residual: float
    cosine: float | None

    @property
    def share(self) -> float | None:
        """||h|| / (||h|| + ||F||), or the same of the gradient; None where both are 0."""
        total = self.shortcut + self.residual
        return self.shortcut / total if total else None


@dataclass(frozen=True)
class IdentitySum:
    """Equation 4 over several blocks in a row: is x_L the sum of x_l and what all F add?

    Attributes:
        blocks: Module paths.
        share: ||x_l|| / (||x_l|| + ||sum F||); None where both are 0.
        error: ||x_L - (x_l + sum F)|| / ||x_L||; None where x_L is 0.
    """

    blocks: tuple[str, ...]
    share: float | None
    error: float | None


@dataclass
class _Seen:
    """What a block read and gave in a forward pass."""

    inputs: torch.Tensor | None = None
    shortcut: torch.Tensor | None = None
    summed: torch.Tensor | None = None
    output: torch.Tensor | None = None


@dataclass(frozen=True)
class _Block:
    """A residual block, its way past F, and what was seen of it."""

    name: str
    module: nn.Module
    way: nn.Module
    seen: _Seen = field(default_factory=_Seen)

    @property
    def past(self) -> torch.Tensor:
        """What the addition gets from the shortcut, with its scaling or gate."""
        h = self.seen.shortcut
        assert h is not None
        junction = getattr(self.module, "junction", None)
        if not isinstance(junction, nn.Module):
            return h
        scaled: torch.Tensor = junction(h, torch.zeros_like(h))
        return scaled

    @property
    def added(self) -> torch.Tensor:
        """What the addition gets from F."""
        assert self.seen.summed is not None
        return self.seen.summed - self.past


def identity_shares(
    network: nn.Module,
    pixels: torch.Tensor,
    labels: torch.Tensor,
    progress: Progress = ignore_progress,
) -> list[IdentityShare]:
    """How much of the gradient reaches each block's input past F, and how much through it.

    The first term of equation 5 is what a shortcut, with its scaling or gate, lets through; a gate
    that reads the shortcut belongs to it, also where it multiplies F. Dropout on a shortcut is off
    here, so that row of Table 1 has the numbers of the identity. What it is given is as
    ``layer_gradients`` takes it.

    Returns:
        In forward order; empty where there is no residual block.
    """
    studied = studied_copy(network)
    with heard(studied, progress):
        with _watched(studied) as blocks:
            loss = batch_loss(studied, pixels, labels)
        if not blocks:
            return []
        ends = [(block.seen.inputs, block.seen.shortcut) for block in blocks]
        wanted = [tensor for pair in ends for tensor in pair if tensor is not None]
        gradients = torch.autograd.grad(loss, wanted, retain_graph=True)
    wholes, at_shortcuts = gradients[::2], gradients[1::2]
    return [
        _gradient_share(block, whole, at_shortcut)
        for block, whole, at_shortcut in zip(blocks, wholes, at_shortcuts, strict=True)
    ]


@torch.no_grad()
def forward_shares(
    network: nn.Module, pixels: torch.Tensor, progress: Progress = ignore_progress
) -> list[IdentityShare]:
    """How much of each block's sum h + F is h, in forward order."""
    return [_share(b.name, b.past, b.added) for b in _forward(network, pixels, progress)]


@torch.no_grad()
def identity_sum(
    network: nn.Module, pixels: torch.Tensor, progress: Progress = ignore_progress
) -> IdentitySum | None:
    """Equation 4 over the first blocks in a row that have identity shortcuts, two or more.

    It holds where nothing follows the addition; a ReLU there, as in the first residual networks,
    breaks it.

    Returns:
        None where there are no such blocks.
    """
    blocks = _forward(network, pixels, progress)
    for (is_identity, _), group in groupby(blocks, _place):
        row = list(group)
        if is_identity and len(row) > 1:
            return _sum_over(row)
    return None


def _place(block: _Block) -> tuple[bool, str]:
    return kind_of(block.way).role == "identity", block.name.rpartition(".")[0]


def _sum_over(row: list[_Block]) -> IdentitySum:
    first, last = row[0].seen.inputs, row[-1].seen.output
    assert first is not None
    assert last is not None
    added = sum((block.added for block in row[1:]), row[0].added)
    size, one, other = (float(each.norm()) for each in (last, first, added))
    error = float((last - (first + added)).norm()) / size if size else None
    share = one / (one + other) if one + other else None
    return IdentitySum(tuple(block.name for block in row), share, error)


def _forward(network: nn.Module, pixels: torch.Tensor, progress: Progress) -> list[_Block]:
    studied = studied_copy(network)
    with heard(studied, progress), _watched(studied) as blocks:
        studied(pixels)
    return blocks


def _gradient_share(block: _Block, whole: torch.Tensor, at_shortcut: torch.Tensor) -> IdentityShare:
    x, h = block.seen.inputs, block.seen.shortcut
    assert x is not None
    assert h is not None
    (past,) = torch.autograd.grad(h, x, at_shortcut, retain_graph=True)
    return _share(block.name, past, whole - past)


def _share(name: str, past: torch.Tensor, through: torch.Tensor) -> IdentityShare:
    one, other = float(past.norm()), float(through.norm())
    cosine = float((past * through).sum()) / (one * other) if one and other else None
    return IdentityShare(name, one, other, cosine)


@contextmanager
def _watched(network: nn.Module) -> Iterator[list[_Block]]:
    """The residual blocks, in forward order once they have run in this context."""
    ran: list[_Block] = []
    hooks = []
    for name, module in network.named_modules():
        for child in SHORTCUTS:
            way = getattr(module, child, None)
            if isinstance(way, nn.Module):
                hooks += _hooks(_Block(name, module, way), ran)
    try:
        yield ran
    finally:
        for hook in hooks:
            hook.remove()


def _hooks(block: _Block, ran: list[_Block]) -> list[Any]:
    seen = block.seen

    def begin(module: nn.Module, inputs: Any) -> None:
        seen.inputs = inputs[0]

    def pass_by(module: nn.Module, inputs: Any, output: torch.Tensor) -> torch.Tensor:
        # A tensor of its own: an identity puts out the block's input itself.
        seen.shortcut = output.clone()
        ran.append(block)
        return seen.shortcut

    def read(module: nn.Module, inputs: Any) -> None:
        seen.summed = inputs[0]  # in the end that of the child that runs last: it reads the sum

    def finish(module: nn.Module, inputs: Any, output: torch.Tensor) -> None:
        seen.output = output

    pre: list[tuple[nn.Module, Callable[..., None]]] = [(block.module, begin)]
    pre += [(child, read) for child in block.module.children()]
    hooks = [module.register_forward_pre_hook(hook) for module, hook in pre]
    hooks.append(block.way.register_forward_hook(pass_by))
    hooks.append(block.module.register_forward_hook(finish))
    return hooks
