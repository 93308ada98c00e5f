"""Creates optimisers, which can be captured in a CUDA graph."""

from typing import Any

import torch
from torch import nn

from cnnviz.training.options import TrainingOptions


def optimiser(network: nn.Module, options: TrainingOptions) -> torch.optim.Optimizer:
    """Create the optimiser of all parameters; all have the same weight decay.

    On CUDA the learning rate is a tensor on the device, so that a captured step reads later values
    (``set_learning_rate``).
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
        # A fused step fails if only some parameters have a buffer (a step skipped a block).
        for group in made.param_groups:
            for parameter in group["params"]:
                made.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)
    return made


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of the next steps."""
    for group in optimiser.param_groups:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def state_tensors(optimiser: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """The state of an optimiser by "<number of the parameter>.<name>"; empty before a step."""
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
    """Load the state of another optimiser, before the first step.

    Args:
        optimiser: An optimiser of the same kind, for the same parameters.
        tensors: Result of ``state_tensors``.
    """
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    for key, value in tensors.items():
        number, _, name = key.partition(".")
        parameter = parameters[int(number)]
        # A fused step needs the memory layout of the parameter.
        place = parameter.detach() if value.shape == parameter.shape else value
        memory = torch.empty_like(place, dtype=value.dtype, device=parameter.device)
        optimiser.state[parameter][name] = memory.copy_(value)
