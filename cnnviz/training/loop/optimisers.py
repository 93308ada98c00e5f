"""The optimiser that the options name, ready to be captured in a CUDA graph."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from cnnviz.training.options import TrainingOptions


def optimiser(network: nn.Module, options: TrainingOptions) -> torch.optim.Optimizer:
    """The optimiser of all parameters; weights, biases and normalisation decay alike.

    On CUDA the learning rate is a tensor there, so that a captured step reads what is written to
    it later (``set_learning_rate``).
    """
    parameters = list(network.parameters())
    on_card = parameters[0].is_cuda
    rate: Any = options.learning_rate
    if on_card:
        rate = torch.tensor(options.learning_rate, device=parameters[0].device)
    decay = options.weight_decay
    match options.optimiser:
        case "rmsprop":
            return torch.optim.RMSprop(
                parameters,
                lr=rate,
                alpha=0.9,  # Szegedy et al. 2016, section 8; their epsilon is 1.0, ours torch's
                momentum=options.momentum,
                weight_decay=decay,
                capturable=on_card,
            )
        case "adam" | "adamw":
            kind = torch.optim.Adam if options.optimiser == "adam" else torch.optim.AdamW
            betas = (options.momentum, 0.999)
            return kind(parameters, lr=rate, betas=betas, weight_decay=decay, fused=True)
    made = torch.optim.SGD(
        parameters,
        lr=rate,
        momentum=0.0 if options.optimiser == "sgd" else options.momentum,
        nesterov=options.optimiser == "nesterov",
        weight_decay=decay,
        fused=True,
    )
    if options.optimiser != "sgd":
        # A fused step fails where only some parameters have a buffer: a block was left out before.
        for group in made.param_groups:
            for parameter in group["params"]:
                made.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)
    return made


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Let the next steps have this learning rate."""
    for group in optimiser.param_groups:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def state_tensors(optimiser: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """What the optimiser remembers, by "<parameter's number>.<name>"; empty before a step."""
    return {
        f"{number}.{name}": value
        for number, state in _states(optimiser)
        for name, value in state.items()
        if isinstance(value, torch.Tensor)
    }


def _states(optimiser: torch.optim.Optimizer) -> list[tuple[int, dict[str, Any]]]:
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    return [(i, optimiser.state[p]) for i, p in enumerate(parameters) if p in optimiser.state]


def load_state_tensors(optimiser: torch.optim.Optimizer, tensors: dict[str, torch.Tensor]) -> None:
    """Let an optimiser that has made no step yet remember what another one did.

    Args:
        optimiser: Of the same kind, for the same parameters.
        tensors: Of ``state_tensors``.
    """
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    for key, value in tensors.items():
        number, _, name = key.partition(".")
        parameter = parameters[int(number)]
        # It must lie in memory as its parameter does: a fused step walks through both alike.
        place = parameter.detach() if value.shape == parameter.shape else value
        memory = torch.empty_like(place, dtype=value.dtype, device=parameter.device)
        optimiser.state[parameter][name] = memory.copy_(value)
