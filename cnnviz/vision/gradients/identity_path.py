"""The way past F in residual blocks: how much of the activations and of the gradient takes it.

x_L = x_l + sum F and dL/dx_l = dL/dx_L (1 + d/dx_l sum F): He, Zhang, Ren and Sun 2016, Identity
Mappings in Deep Residual Networks, equations 4 and 5. What is measured here is told block by block.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import torch
from torch import nn

from cnnviz.analysis.kinds import kind_of
from cnnviz.progress import Progress, ignore_progress
from cnnviz.vision.capture import Hook, hooked
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


@dataclass(eq=False)
class ResidualBlock:
    """A residual block, and what was seen of it in a forward pass.

    Attributes:
        name: Module path.
        module: The block.
        way: What leads past F.
        inputs: What the block read.
        shortcut: What the way put out.
        summed: The sum, which the child that runs last reads.
        output: What the block put out.
    """

    name: str
    module: nn.Module
    way: nn.Module
    inputs: torch.Tensor = field(init=False)
    shortcut: torch.Tensor = field(init=False)
    summed: torch.Tensor = field(init=False)
    output: torch.Tensor = field(init=False)
    _f: torch.Tensor = field(init=False)

    @property
    def is_identity(self) -> bool:
        """Whether the way past F changes nothing."""
        return kind_of(self.way).role == "identity"

    @property
    def junction(self) -> nn.Module | None:
        """What scales or gates shortcut and F before it adds them, if anything does."""
        junction = getattr(self.module, "junction", None)
        return junction if isinstance(junction, nn.Module) else None

    @property
    def past(self) -> torch.Tensor:
        """What the addition gets from the shortcut, with its scaling or gate."""
        if self.junction is None:
            return self.shortcut
        scaled: torch.Tensor = self.junction(self.shortcut, torch.zeros_like(self.shortcut))
        return scaled

    @property
    def added(self) -> torch.Tensor:
        """What the addition gets from F."""
        return self.summed - self.past

    @property
    def residual(self) -> torch.Tensor:
        """F, before what a gate or a scale makes of it."""
        return self.summed - self.shortcut if self.junction is None else self._f

    def _begin(self, module: nn.Module, inputs: Any) -> None:
        self.inputs = inputs[0]

    def _pass_by(self, module: nn.Module, inputs: Any, output: torch.Tensor) -> torch.Tensor:
        # A tensor of its own: an identity puts out the block's input itself.
        self.shortcut = output.clone()
        return self.shortcut

    def _read(self, module: nn.Module, inputs: Any) -> None:
        self.summed = inputs[0]
        if module is self.junction:
            self._f = inputs[1]

    def _finish(self, module: nn.Module, inputs: Any, output: torch.Tensor) -> None:
        self.output = output


def residual_blocks(network: nn.Module) -> list[ResidualBlock]:
    """The residual blocks, in the order of their registration."""
    return [
        ResidualBlock(name, module, way)
        for name, module in network.named_modules()
        for child, way in module.named_children()
        if child in SHORTCUTS
    ]


@contextmanager
def watched(network: nn.Module) -> Iterator[list[ResidualBlock]]:
    """The residual blocks in the order in which they run inside the context, in this thread."""
    ran: list[ResidualBlock] = []
    after: list[Hook] = []
    before: list[Hook] = []
    for block in residual_blocks(network):
        after += [(block.way, block._pass_by), (block.module, block._finish)]
        after += [(block.way, lambda *_, block=block: ran.append(block))]
        before += [(block.module, block._begin)]
        before += [(child, block._read) for child in block.module.children()]
    with hooked(after, before):
        yield ran


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
        with watched(studied) as blocks:
            loss = batch_loss(studied, pixels, labels)
        if not blocks:
            return []
        wanted = [tensor for block in blocks for tensor in (block.inputs, block.shortcut)]
        gradients = torch.autograd.grad(loss, wanted, retain_graph=True)
    shares = []
    for block, whole, at_shortcut in zip(blocks, gradients[::2], gradients[1::2], strict=True):
        ends = (block.shortcut, block.inputs)
        (past,) = torch.autograd.grad(*ends, at_shortcut, retain_graph=True)
        shares.append(_share(block.name, past, whole - past))
    return shares


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


def _place(block: ResidualBlock) -> tuple[bool, str]:
    return block.is_identity, block.name.rpartition(".")[0]


def _sum_over(row: list[ResidualBlock]) -> IdentitySum:
    first, last = row[0].inputs, row[-1].output
    added = sum((block.added for block in row[1:]), row[0].added)
    size, one, other = (float(each.norm()) for each in (last, first, added))
    error = float((last - (first + added)).norm()) / size if size else None
    share = one / (one + other) if one + other else None
    return IdentitySum(tuple(block.name for block in row), share, error)


def _forward(network: nn.Module, pixels: torch.Tensor, progress: Progress) -> list[ResidualBlock]:
    studied = studied_copy(network)
    with heard(studied, progress), watched(studied) as blocks:
        studied(pixels)
    return blocks


def _share(name: str, past: torch.Tensor, through: torch.Tensor) -> IdentityShare:
    one, other = float(past.norm()), float(through.norm())
    cosine = float((past * through).sum()) / (one * other) if one and other else None
    return IdentityShare(name, one, other, cosine)
