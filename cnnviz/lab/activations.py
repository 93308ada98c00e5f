"""Activation functions and their slopes, computed by torch and its autograd."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch

from cnnviz.files import tables
from cnnviz.hyperparameters import named

REACH = 6.0  # the curves go from -REACH to REACH
STEPS = 240
FLAT = 0.1  # a slope below this share of the function's largest is called flat


@dataclass(frozen=True)
class Activation:
    """An elementwise activation function.

    Attributes:
        title: Title on screen.
        function: Function of a tensor.
        formula: Formula in LaTeX.
        slope_formula: Formula of its derivative in LaTeX.
        says: Consequence of its slope for training.
    """

    title: str
    function: Callable[[torch.Tensor], torch.Tensor]
    formula: str
    slope_formula: str
    says: str


ACTIVATIONS = {
    name: Activation(function=getattr(torch, name), **table)
    for name, table in tables("lab/activations.toml").items()
}


class Point(NamedTuple):
    """Value f(x) and slope f'(x) of an activation at a point."""

    value: float
    slope: float


def activation_at(name: str, x: float) -> Point:
    """Compute value and slope of an activation.

    Args:
        name: One of ``ACTIVATIONS``.
        x: Input of the activation.

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
        slopes: f'(x), by which the backpropagated gradient is multiplied.
        zeros: Share of values that are 0, in [0, 1].
        flat: Share of numbers with a slope below ``FLAT`` of the function's largest slope.
    """

    read: torch.Tensor
    values: torch.Tensor
    slopes: torch.Tensor
    zeros: float
    flat: float


def activated(name: str, x: torch.Tensor) -> Activated:
    """Apply an activation to each number.

    Args:
        name: One of ``ACTIVATIONS``.
        x: At least one number.

    Raises:
        KeyError: There is no such activation; the message lists the known names.
    """
    values, slopes = _curve(name, x)
    flat = slopes < FLAT * largest_slope(name)
    return Activated(x, values, slopes, _share(values == 0), _share(flat))


def _share(mask: torch.Tensor) -> float:
    return int(mask.sum()) / mask.numel()


def largest_slope(name: str) -> float:
    """The largest slope of the drawn curve."""
    return float(_curve(name, _places())[1].max())


def activation_curves() -> pd.DataFrame:
    """Points of all curves: columns x, activation (title), value, slope."""
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
