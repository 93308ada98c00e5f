"""Activation functions with their slopes, by torch's own functions and its autograd."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from cnnviz.hyperparameters import named

REACH = 6.0  # the curves go from -REACH to REACH
STEPS = 240
FLAT = 0.1  # a slope below this share of the function's largest is called flat


@dataclass(frozen=True)
class Activation:
    """A function that a layer applies to each number.

    Attributes:
        title: On screen.
        function: Of a tensor.
        formula: In LaTeX.
        slope_formula: Of its derivative, in LaTeX.
        says: What its slope means for training.
    """

    title: str
    function: Callable[[torch.Tensor], torch.Tensor]
    formula: str
    slope_formula: str
    says: str


ACTIVATIONS: Mapping[str, Activation] = {
    "relu": Activation(
        "ReLU",
        torch.relu,
        r"\max(0, x)",
        r"1 \text{ where } x > 0, \text{ else } 0",
        "Above 0 the gradient passes unchanged; below, nothing passes. At 0 torch takes 0.",
    ),
    "tanh": Activation(
        "tanh",
        torch.tanh,
        r"\tanh(x)",
        r"1 - \tanh^2(x)",
        "The slope is 1 at 0 alone, and fades on both sides.",
    ),
    "sigmoid": Activation(
        "sigmoid",
        torch.sigmoid,
        r"\sigma(x) = \frac{1}{1 + e^{-x}}",
        r"\sigma(x)\,(1 - \sigma(x))",
        "The slope is never above 1/4: every sigmoid on the way takes at least three quarters of "
        "the gradient.",
    ),
}


@dataclass(frozen=True)
class Point:
    """An activation at one place.

    Attributes:
        value: f(x).
        slope: f'(x).
    """

    value: float
    slope: float


def activation_at(name: str, x: float) -> Point:
    """Value and slope of an activation.

    Args:
        name: One of ``ACTIVATIONS``.
        x: What it reads.

    Raises:
        KeyError: There is no such activation; the message lists the known names.
    """
    values, slopes = _curve(name, torch.tensor([x], dtype=torch.float64))
    return Point(float(values[0]), float(slopes[0]))


@dataclass(frozen=True, eq=False)
class Activated:
    """Numbers before and after an activation.

    Attributes:
        read: x, of any shape.
        values: f(x).
        slopes: f'(x), by which a gradient is multiplied on its way back.
        zeros: Share of values that are 0, in [0, 1].
        flat: Share of numbers at which the function is flat: the slope is below ``FLAT`` of the
            function's largest.
    """

    read: torch.Tensor
    values: torch.Tensor
    slopes: torch.Tensor
    zeros: float
    flat: float


def activated(name: str, x: torch.Tensor) -> Activated:
    """What an activation makes of each number.

    Args:
        name: One of ``ACTIVATIONS``.
        x: At least one number.

    Raises:
        KeyError: There is no such activation; the message lists the known names.
    """
    values, slopes = _curve(name, x)
    flat = slopes < FLAT * largest_slope(name)
    return Activated(x, values, slopes, _share(values == 0), _share(flat))


def _share(found: torch.Tensor) -> float:
    return int(found.sum()) / found.numel()


def largest_slope(name: str) -> float:
    """The largest slope of the curve that is drawn."""
    return float(_curve(name, _places())[1].max())


def activation_curves() -> pd.DataFrame:
    """All curves, a row a point: columns x, activation (its title), value, slope."""
    x = _places()
    parts = []
    for name, each in ACTIVATIONS.items():
        values, slopes = _curve(name, x)
        columns = {"x": x.numpy(), "value": values.numpy(), "slope": slopes.numpy()}
        parts.append(pd.DataFrame(columns).assign(activation=each.title))
    return pd.concat(parts, ignore_index=True)


def _places() -> torch.Tensor:
    return torch.from_numpy(np.linspace(-REACH, REACH, STEPS + 1))


def _curve(name: str, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    activation = named(name, ACTIVATIONS, "activation")
    with torch.enable_grad():
        read = x.clone().requires_grad_()
        values = activation.function(read)
        (slopes,) = torch.autograd.grad(values.sum(), read)
    return values.detach(), slopes
