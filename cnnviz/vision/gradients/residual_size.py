"""How large what a residual block adds is against what its shortcut passes on; and which survive.

He, Zhang, Ren, Sun 2015, section 4.2, "Analysis of Layer Responses", and Figure 7: the residual
functions might be generally closer to zero than non-residual ones, and the deeper the network the
less each block changes the signal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from cnnviz.architectures.stochastic_depth import RandomBlock
from cnnviz.vision.gradients.identity_path import residual_blocks, watched


@dataclass(frozen=True)
class ResidualSize:
    """The two summands of one residual block, for some images.

    Attributes:
        block: Module path.
        residual: Root mean square of F(x), before what a gate or a scale makes of it.
        shortcut: Root mean square of h(x), before a gate or a scale.
        is_identity: Whether h(x) is x; else it is projected, or padded with zeros.
    """

    block: str
    residual: float
    shortcut: float
    is_identity: bool

    @property
    def ratio(self) -> float | None:
        """||F(x)|| / ||h(x)||; None where h(x) is 0 everywhere."""
        return self.residual / self.shortcut if self.shortcut else None


def has_residual_blocks(network: nn.Module) -> bool:
    """Whether blocks add to what a shortcut passes on; those of a plain network do not."""
    return bool(residual_blocks(network))


@torch.no_grad()
def residual_sizes(network: nn.Module, pixels: torch.Tensor) -> list[ResidualSize]:
    """F(x) against h(x) in every residual block, as in a test, in forward order.

    With stochastic depth F(x) is weighted by its probability, as equation 5 of that paper says.
    Several threads may do this on one network at once.

    Args:
        network: In eval mode.
        pixels: Preprocessed, (N, C, H, W).
    """
    with watched(network) as blocks:
        network(pixels)
    return [ResidualSize(b.name, _rms(b.residual), _rms(b.shortcut), b.is_identity) for b in blocks]


def _rms(values: torch.Tensor) -> float:
    return float(values.double().square().mean().sqrt())


def survivals(network: nn.Module) -> dict[str, float]:
    """p_l of each block that training leaves out at random, by path in forward order."""
    return {name: block.survival for name, block in _random_blocks(network)}


def drawn_survivals(network: nn.Module, steps: int, seed: int = 0) -> np.ndarray:
    """Which blocks take part in some training steps, bool (steps, blocks).

    Each block decides as in training, from a generator of its own kind that the seed starts.
    """
    rng = torch.Generator().manual_seed(seed)
    decide: Sequence[Callable[[torch.Generator], bool]] = [
        block.takes_part for _, block in _random_blocks(network)
    ]
    return np.array([[each(rng) for each in decide] for _ in range(steps)], dtype=bool)


def _random_blocks(network: nn.Module) -> list[tuple[str, RandomBlock]]:
    return [(n, each) for n, each in network.named_modules() if isinstance(each, RandomBlock)]
