"""How a network fares inside while it trains, part by part: stem, stages, head."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from cnnviz.analysis.kinds import kind_of, weights_of
from cnnviz.architectures import Network
from cnnviz.architectures.blocks import Gate
from cnnviz.training.measurement import rounded


def part_of(name: str) -> str:
    """The part of a network that a parameter or layer belongs to: "stem", "stage 1", ..., "head".

    Args:
        name: As PyTorch names it: "stages.0.1.conv.weight".
    """
    first, _, rest = name.partition(".")
    if first == "stages":
        return f"stage {int(rest.partition('.')[0]) + 1}"
    return "auxiliary head" if first == "auxiliary" else first


class Norms:
    """Norms of gradient, change and weights by part, over one step; nothing is waited for."""

    def __init__(self, network: Network) -> None:
        self._parameters = list(network.parameters())
        names = [part_of(name) for name, _ in network.named_parameters()]
        self.parts = list(dict.fromkeys(names))
        device = self._parameters[0].device
        self._part = torch.tensor([self.parts.index(name) for name in names], device=device)

    def before(self) -> list[torch.Tensor]:
        """The weights as they are, to be given to ``after``."""
        return [parameter.detach().clone() for parameter in self._parameters]

    def after(self, before: list[torch.Tensor]) -> torch.Tensor:
        """Once the step is made: gradient norm and update ratio, float32 (2, parts)."""
        gradients = [_gradient(parameter) for parameter in self._parameters]
        now = [parameter.detach() for parameter in self._parameters]
        changes = torch._foreach_sub(now, before)
        gradient, change, weight = (self._norms(each) for each in (gradients, changes, before))
        return torch.stack([gradient, change / weight.clamp(min=1e-12)])

    def _norms(self, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        """Euclidean norm of all tensors of a part together, (parts,)."""
        squares = torch.stack(list(torch._foreach_norm(list(tensors)))).square().to(torch.float32)
        sums = torch.zeros(len(self.parts), device=squares.device)
        return sums.index_add_(0, self._part, squares).sqrt()

    def by_part(self, values: torch.Tensor) -> dict[str, float]:
        """One row of ``after``, by part."""
        return dict(zip(self.parts, values.tolist(), strict=True))


class LayerNorms:
    """Norms of the gradient by layer with a weight; nothing is waited for."""

    def __init__(self, network: Network) -> None:
        self._weights = weights_of(network)

    def measured(self) -> torch.Tensor:
        """Euclidean norm of the gradient that the last step left, float32 (layers,)."""
        gradients = [_gradient(weight) for weight in self._weights.values()]
        return torch.stack(list(torch._foreach_norm(gradients))).to(torch.float32)

    def by_layer(self, values: torch.Tensor) -> dict[str, float]:
        """``measured`` by module path, to 4 digits; this waits for the device."""
        return dict(zip(self._weights, rounded(values.tolist(), 4), strict=True))


def _gradient(parameter: torch.Tensor) -> torch.Tensor:
    """A parameter's gradient; zeros where the step did not use it (a block left out)."""
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


@dataclass
class Inside:
    """What hooks saw of one batch.

    Attributes:
        dead: A flag a channel for each ReLU, by the layer's name.
        gates: Mean of a gate's values, by its name.
    """

    dead: dict[str, torch.Tensor] = field(default_factory=dict)
    gates: dict[str, torch.Tensor] = field(default_factory=dict)

    def dead_shares(self) -> dict[str, float]:
        """Share of channels that were 0 for all images, by part."""
        by_part: dict[str, list[torch.Tensor]] = {}
        for name, flags in self.dead.items():
            by_part.setdefault(part_of(name), []).append(flags)
        return {part: float(torch.cat(f).float().mean()) for part, f in by_part.items()}

    def gate_means(self) -> dict[str, float]:
        """Mean value of each gate, by its name."""
        return {name: float(value) for name, value in self.gates.items()}


@contextmanager
def watched(network: nn.Module) -> Iterator[Inside]:
    """What ReLUs and gates do in the forward passes of this context; the last one counts."""
    inside = Inside()
    hooks = []
    for name, module in network.named_modules():
        if kind_of(module).rectifies:
            hooks.append(module.register_forward_hook(_keeper(inside.dead, name, _dead)))
        elif isinstance(module, Gate):
            hooks.append(module.register_forward_hook(_keeper(inside.gates, name, torch.mean)))
    try:
        yield inside
    finally:
        for hook in hooks:
            hook.remove()


def _keeper(
    kept: dict[str, torch.Tensor], name: str, function: Callable[[torch.Tensor], torch.Tensor]
) -> Callable[[nn.Module, Any, torch.Tensor], None]:
    def keep(module: nn.Module, inputs: Any, output: torch.Tensor) -> None:
        kept[name] = function(output.detach())

    return keep


def _dead(output: torch.Tensor) -> torch.Tensor:
    """Which channels of (N, C, ...) are 0 everywhere, bool (C,)."""
    return output.transpose(0, 1).flatten(1).amax(dim=1) <= 0
