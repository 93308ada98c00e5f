"""Local response normalisation, batch normalisation and dropout, step by step.

Each is written out with its intermediate numbers; tests hold them against torch's own layers.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from cnnviz.hyperparameters import Config, choice, flag, steps
from cnnviz.lab.grid import grid

EPSILON = 1e-5  # torch's, added to a variance
MODES = ("training", "test")


def vector(written: str, name: str) -> torch.Tensor:
    """One row of numbers, float32 (n,).

    Raises:
        ValueError: It is no row of numbers.
    """
    numbers = grid(written, name)
    if numbers.shape[:2] != (1, 1):
        raise ValueError(
            f"{name} must be one row of numbers; received {numbers.shape[0]} x {numbers.shape[1]}."
        )
    return numbers[0, 0]


@dataclass(frozen=True)
class ResponseSettings(Config):
    """Local response normalisation as AlexNet has it."""

    neighbours: int = choice(
        *(1, 3, 5, 7, 9), default=5, unit="maps", help="n: so many maps are summed over."
    )
    constant: float = choice(
        *(0.5, 1.0, 2.0, 4.0), default=2.0, help="k: keeps the divisor away from 0."
    )
    alpha: float = choice(
        *(1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0), default=1e-4, help="Weight of the sum of squares."
    )
    beta: float = choice(0.25, 0.5, 0.75, 1.0, default=0.75, help="Power of the divisor.")


@dataclass(frozen=True, eq=False)
class Responses:
    """Activations by channel before and after local response normalisation.

    Attributes:
        read: a, float32 (channels, ...).
        sums: Of the squares of the n neighbouring channels.
        divisors: (k + alpha sum)^beta.
        output: b = a / divisor.
    """

    read: torch.Tensor
    sums: torch.Tensor
    divisors: torch.Tensor
    output: torch.Tensor


def local_responses(a: torch.Tensor, settings: ResponseSettings | None = None) -> Responses:
    """Each activation divided by what its neighbouring channels do at its place.

    Krizhevsky et al. 2012, section 3.3: channel i sums over j from max(0, i - n/2) to
    min(N - 1, i + n/2), halves rounded down. ``torch.nn.LocalResponseNorm`` divides its alpha by
    n; it does the same as this where it is given n alpha.

    Args:
        a: (channels, ...); each place of what follows is on its own.
        settings: n, k, alpha and beta.
    """
    settings = settings or ResponseSettings()
    half, count = settings.neighbours // 2, len(a)
    squares = a.square()
    sums = torch.stack(
        [squares[max(0, i - half) : min(count - 1, i + half) + 1].sum(0) for i in range(count)]
    )
    divisors = (settings.constant + settings.alpha * sums) ** settings.beta
    return Responses(a, sums, divisors, a / divisors)


@dataclass(frozen=True)
class BatchSettings(Config):
    """Batch normalisation of one feature."""

    mode: str = choice(
        *MODES, default="training", help="By the batch's own mean and variance, or the averages."
    )
    seen: int = steps(0, 40, 1, default=1, unit="batches", help="Such batches in training so far.")
    momentum: float = choice(
        *(0.01, 0.1, 0.5, 1.0), default=0.1, help="Share of a new batch in the running averages."
    )
    gamma: float = choice(
        *(-1.0, 0.0, 0.5, 1.0, 2.0, 3.0), default=1.0, help="Learned: what it is multiplied by."
    )
    beta: float = choice(
        *(-2.0, -1.0, 0.0, 1.0, 2.0, 5.0), default=0.0, help="Learned: what is added."
    )


@dataclass(frozen=True, eq=False)
class Batch:
    """A feature over a batch before and after batch normalisation.

    Attributes:
        read: x, float32 (N,).
        mean: Of the batch.
        variance: Of the batch, divided by N.
        unbiased: Of the batch, divided by N - 1: what torch's running variance takes in.
        running_mean: After the batches that were seen, from 0.
        running_variance: The same, from 1.
        normalised: With mean and variance of the mode.
        output: gamma normalised + beta.
    """

    read: torch.Tensor
    mean: float
    variance: float
    unbiased: float
    running_mean: float
    running_variance: float
    normalised: torch.Tensor
    output: torch.Tensor


def normalised_batch(
    x: torch.Tensor, settings: BatchSettings | None = None, training: torch.Tensor | None = None
) -> Batch:
    """A batch of one feature, normalised (Ioffe and Szegedy 2015, Algorithm 1).

    Args:
        x: (N,), what is normalised.
        settings: Mode, batches seen, momentum, gamma and beta.
        training: (N,), the batch that training has seen again and again; default x.

    Raises:
        ValueError: A batch has less than two numbers in training.
    """
    settings = settings or BatchSettings()
    training = x if training is None else training
    if len(training) < 2 or (settings.mode == "training" and len(x) < 2):
        raise ValueError("A batch must have at least two numbers in training; received 1.")
    kept = (1 - settings.momentum) ** settings.seen
    running_mean = (1 - kept) * float(training.mean())
    running_variance = kept + (1 - kept) * float(training.var(correction=1))
    mean, variance = float(x.mean()), float(x.var(correction=0))
    used = (mean, variance) if settings.mode == "training" else (running_mean, running_variance)
    normalised = (x - used[0]) / (used[1] + EPSILON) ** 0.5
    return Batch(
        x,
        mean,
        variance,
        float(x.var(correction=1)) if len(x) > 1 else 0.0,
        running_mean,
        running_variance,
        normalised,
        settings.gamma * normalised + settings.beta,
    )


@dataclass(frozen=True)
class DropoutSettings(Config):
    """Dropout."""

    training: bool = flag(default=True, help="Off: as in validation and at test.")
    probability: float = choice(
        *(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
        default=0.5,
        help="p: of a number to be dropped.",
    )
    seed: int = steps(0, 99, 1, default=0, help="Decides which are dropped.")


@dataclass(frozen=True, eq=False)
class Dropped:
    """Numbers before and after dropout.

    Attributes:
        read: As they arrive.
        kept: Which stay, bool, of the same shape.
        scale: What the kept ones are multiplied by: 1 / (1 - p) in training, 1 at test.
        output: What the next layer reads.
    """

    read: torch.Tensor
    kept: torch.Tensor
    scale: float
    output: torch.Tensor


def dropped(x: torch.Tensor, settings: DropoutSettings | None = None) -> Dropped:
    """Numbers of which some are set to 0 in training, and none at test.

    As in torch the kept ones are scaled up in training, so that the expected output is the input
    ("inverted dropout"); Krizhevsky et al. 2012, section 4.2, instead multiplied all by 0.5 at
    test.
    """
    settings = settings or DropoutSettings()
    if not settings.training:
        return Dropped(x, torch.ones_like(x, dtype=torch.bool), 1.0, x.clone())
    rng = torch.Generator().manual_seed(settings.seed)
    kept = torch.rand(x.shape, generator=rng) >= settings.probability
    scale = 1 / (1 - settings.probability)
    return Dropped(x, kept, scale, x * kept * scale)


def mean_of_draws(x: torch.Tensor, settings: DropoutSettings, draws: int = 1000) -> torch.Tensor:
    """The mean output of so many draws by the following seeds: near x."""
    rng = torch.Generator().manual_seed(settings.seed)
    if not settings.training:
        return x.clone()
    kept = torch.rand((draws, *x.shape), generator=rng) >= settings.probability
    mean: torch.Tensor = (x * kept / (1 - settings.probability)).mean(0)
    return mean
