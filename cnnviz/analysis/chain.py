"""The chain rule on one neuron a layer: the first gradient is a product of factors."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cnnviz.hyperparameters import named


def _sigmoid(z: float) -> float:
    # Of -|z|, whose exponential cannot overflow; the slope is the same on both sides of 0.
    s = 1 / (1 + math.exp(-abs(z)))
    return s * (1 - s)


SLOPES: dict[str, Callable[[float], float]] = {
    "sigmoid": _sigmoid,
    "tanh": lambda z: 1 - math.tanh(z) ** 2,
    "relu": lambda z: float(z > 0),
}
SYMBOLS = {"sigmoid": "σ'", "tanh": "tanh'", "relu": "ReLU'"}  # noqa: RUF001
LARGEST = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0}
# The slides: 0.25 x 0.6 x 0.25 x 0.7, with sigmoids at 0, where they are steepest.
WEIGHTS = (0.6, 0.7)
PRE_ACTIVATIONS = (0.0, 0.0)
LONGEST = 10


@dataclass(frozen=True)
class Link:
    """A neuron of a chain.

    Attributes:
        pre_activation: z, what the non-linearity reads.
        weight: w, what the neuron multiplies its input by.
        slope: f'(z).
        product: Of the slopes and weights from the output back to this neuron's input.
    """

    pre_activation: float
    weight: float
    slope: float
    product: float


def chain(
    activation: str,
    pre_activations: Sequence[float] = PRE_ACTIVATIONS,
    weights: Sequence[float] = WEIGHTS,
) -> list[Link]:
    """The links from the output back to the input: f'(z) w for each (chain rule).

    Args:
        activation: One of ``SLOPES``. The slope of ReLU at 0 is 0, as torch has it.
        pre_activations: z of each neuron, the last one first; 1 to ``LONGEST``.
        weights: w of each, as many.

    Raises:
        KeyError: Unknown activation.
        ValueError: Not as many weights as pre-activations, or too many or none.
    """
    slope_of = named(activation, SLOPES, "activation")
    if not 1 <= len(weights) <= LONGEST:
        raise ValueError(f"weights must be 1 to {LONGEST} numbers; received {len(weights)}.")
    if len(weights) != len(pre_activations):
        raise ValueError(
            f"pre_activations must be {len(weights)} numbers, as many as weights; "
            f"received {len(pre_activations)}."
        )
    links, product = [], 1.0
    for z, weight in zip(pre_activations, weights, strict=True):
        slope = slope_of(z)
        product = product * slope * weight
        links.append(Link(z, weight, slope, product))
    return links


def chain_text(links: Sequence[Link]) -> str:
    """The product as the slides write it: "0.25 x 0.6 x 0.25 x 0.7 = 0.02625"."""
    factors = " × ".join(f"{link.slope:.4g} × {_signed(link.weight)}" for link in links)  # noqa: RUF001
    return f"{factors} = {links[-1].product:.4g}"


def _signed(weight: float) -> str:
    return f"({weight:g})" if weight < 0 else f"{weight:g}"
