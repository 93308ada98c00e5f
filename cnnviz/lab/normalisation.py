"""Local response normalisation, batch normalisation and dropout, step by step.

Each shows its intermediate numbers; tests compare them with torch's own layers.
"""

from dataclasses import dataclass

import torch

from cnnviz.hyperparameters import Config, choice, flag, steps
from cnnviz.lab.grid import grid

EPSILON = 1e-5  # torch's, added to a variance
MODES = ("training", "test")


def vector(written: str, name: str) -> torch.Tensor:
    """Parse a row of numbers, float32 (n,).

    Raises:
        ValueError: The text is not a row of numbers.
    """
    numbers = grid(written, name)
    if numbers.shape[:2] != (1, 1):
        raise ValueError(
            f"{name} must be one row of numbers; received {numbers.shape[0]} x {numbers.shape[1]}."
        )
    return numbers[0, 0]


@dataclass(frozen=True)
class ResponseSettings(Config):
    """Settings of local response normalisation; the defaults are those of AlexNet."""

    neighbours: int = choice(
        *(1, 3, 5, 7, 9), default=5, unit="maps", help="n: number of summed maps."
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
        sums: Sums of squares over the n neighbouring channels.
        divisors: (k + alpha sum)^beta.
        output: b = a / divisor.
    """

    read: torch.Tensor
    sums: torch.Tensor
    divisors: torch.Tensor
    output: torch.Tensor


def local_responses(a: torch.Tensor, settings: ResponseSettings = ResponseSettings()) -> Responses:
    """Apply local response normalisation.

    Krizhevsky et al. 2012, section 3.3: channel i sums over j from max(0, i - n/2) to
    min(N - 1, i + n/2), halves rounded down. ``torch.nn.LocalResponseNorm`` divides its alpha by
    n; with n alpha it gives the same result.

    Args:
        a: Activations (channels, ...); positions are independent.
        settings: n, k, alpha and beta.
    """
    half, count = settings.neighbours // 2, len(a)
    squares = a.square()
    sums = torch.stack(
        [squares[max(0, i - half) : min(count - 1, i + half) + 1].sum(0) for i in range(count)]
    )
    divisors = (settings.constant + settings.alpha * sums) ** settings.beta
    return Responses(a, sums, divisors, a / divisors)


@dataclass(frozen=True)
class BatchSettings(Config):
    """Settings of batch normalisation of one feature."""

    mode: str = choice(
        *MODES, default="training", help="Use the statistics of the batch, or running ones."
    )
    seen: int = steps(0, 40, 1, default=1, unit="batches", help="Training batches so far.")
    momentum: float = choice(
        *(0.01, 0.1, 0.5, 1.0), default=0.1, help="Share of a new batch in the running averages."
    )
    gamma: float = choice(*(-1.0, 0.0, 0.5, 1.0, 2.0, 3.0), default=1.0, help="Learned scale.")
    beta: float = choice(*(-2.0, -1.0, 0.0, 1.0, 2.0, 5.0), default=0.0, help="Learned shift.")


@dataclass(frozen=True, eq=False)
class Batch:
    """A feature over a batch before and after batch normalisation.

    Attributes:
        read: x, float32 (N,).
        mean: Mean of the batch.
        variance: Biased variance of the batch (divided by N).
        unbiased: Unbiased variance (divided by N - 1), which updates torch's running variance.
        running_mean: Running mean after the batches so far, from 0.
        running_variance: Running variance after the batches so far, from 1.
        normalised: x normalised with the statistics of the mode.
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
    x: torch.Tensor, settings: BatchSettings = BatchSettings(), training: torch.Tensor | None = None
) -> Batch:
    """Apply batch normalisation to one feature (Ioffe and Szegedy 2015, Algorithm 1).

    Args:
        x: Batch to normalise, (N,).
        settings: Mode, number of batches, momentum, gamma and beta.
        training: Batch that training has repeatedly seen, (N,); default x.

    Raises:
        ValueError: A training batch has fewer than two numbers.
    """
    training = x if training is None else training
    if len(training) < 2 or (settings.mode == "training" and len(x) < 2):
        raise ValueError("A batch must have at least two numbers in training; received 1.")
    remaining = (1 - settings.momentum) ** settings.seen
    running_mean = (1 - remaining) * float(training.mean())
    running_variance = remaining + (1 - remaining) * float(training.var(correction=1))
    mean, variance = float(x.mean()), float(x.var(correction=0))
    used = (mean, variance) if settings.mode == "training" else (running_mean, running_variance)
    normalised = (x - used[0]) / (used[1] + EPSILON) ** 0.5
    unbiased = float(x.var(correction=1)) if len(x) > 1 else 0.0
    output = settings.gamma * normalised + settings.beta
    own, running = (mean, variance, unbiased), (running_mean, running_variance)
    return Batch(x, *own, *running, normalised, output)


@dataclass(frozen=True)
class DropoutSettings(Config):
    """Settings of dropout."""

    training: bool = flag(default=True, help="Off: validation and test.")
    probability: float = choice(
        *(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
        default=0.5,
        help="p: probability of dropping a number.",
    )
    seed: int = steps(0, 99, 1, default=0, help="Determines which are dropped.")


@dataclass(frozen=True, eq=False)
class Dropped:
    """Numbers before and after dropout.

    Attributes:
        read: Input.
        kept: Which numbers are kept, bool, of the same shape.
        scale: Factor on the kept numbers: 1 / (1 - p) in training, 1 at test.
        output: Output.
    """

    read: torch.Tensor
    kept: torch.Tensor
    scale: float
    output: torch.Tensor


def dropped(x: torch.Tensor, settings: DropoutSettings = DropoutSettings()) -> Dropped:
    """Apply dropout, which sets random numbers to 0 in training.

    Kept numbers are scaled up in training ("inverted dropout"), as in torch, so that the expected
    output equals the input; Krizhevsky et al. 2012, section 4.2, multiply by 0.5 at test instead.
    """
    if not settings.training:
        return Dropped(x, torch.ones_like(x, dtype=torch.bool), 1.0, x.clone())
    rng = torch.Generator().manual_seed(settings.seed)
    kept = torch.rand(x.shape, generator=rng) >= settings.probability
    scale = 1 / (1 - settings.probability)
    return Dropped(x, kept, scale, x * kept * scale)


def mean_of_draws(x: torch.Tensor, settings: DropoutSettings, draws: int = 1000) -> torch.Tensor:
    """Mean output over draws with consecutive seeds, which approximates x."""
    rng = torch.Generator().manual_seed(settings.seed)
    if not settings.training:
        return x.clone()
    kept = torch.rand((draws, *x.shape), generator=rng) >= settings.probability
    mean: torch.Tensor = (x * kept / (1 - settings.probability)).mean(0)
    return mean
