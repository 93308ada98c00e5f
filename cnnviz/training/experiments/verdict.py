"""What the runs of an experiment say of its claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cnnviz.training.experiments.declaration import Experiment
from cnnviz.training.measurement import Measurement

Curve = Sequence[Measurement]


def test_error(curve: Curve) -> float | None:
    """Error of the last test, in [0, 1]; None before the first."""
    found = [m.test_accuracy for m in curve if m.test_accuracy is not None]
    return 1 - found[-1] if found else None


def train_error(curve: Curve) -> float | None:
    """Mean training error of the last epoch, in [0, 1], with augmentation and dropout at work."""
    if not curve:
        return None
    start = curve[-1].epoch - 1
    found = [m.train_accuracy for m in curve if m.train_accuracy is not None and m.epoch > start]
    return 1 - sum(found) / len(found) if found else None


def gap(curve: Curve) -> float | None:
    """Test error minus training error."""
    test, train = test_error(curve), train_error(curve)
    return None if test is None or train is None else test - train


def steps_to_quarter(curve: Curve) -> float | None:
    """The first step whose training error is at most 25 %; None if there is none."""
    reached = (m.step for m in curve if m.train_accuracy is not None and m.train_accuracy >= 0.75)
    return next(reached, None)


QUANTITIES: Mapping[str, Callable[[Curve], float | None]] = {
    "test error": test_error,
    "train error": train_error,
    "gap": gap,
    "steps to 25 % train error": steps_to_quarter,
}


def budgets(experiment: Experiment, steps: int, seeds: int) -> str:
    """The budget of the paper beside this one: "paper: 64,000 iterations; here: 400, 1 run"."""
    runs = f"{seeds} run{'s' if seeds > 1 else ''} of each arm"
    return f"paper: {experiment.paper_budget}; here: {steps:,} iterations, {runs}"


def verdict(
    experiment: Experiment, values: Mapping[str, Sequence[float | None]], epochs: float
) -> tuple[str, ...]:
    """A sentence for each pair that the claim compares, or one that the runs were too short.

    Args:
        experiment: Which.
        values: Its quantity by arm, one for each seed; None where it was not reached.
        epochs: Of the shortest run.
    """
    if epochs < experiment.least_epochs:
        return (
            f"Too short to support the claim: {epochs:.3g} epoch{'s' if epochs != 1 else ''}, and "
            f"this program asks for at least {experiment.least_epochs}.",
        )
    return tuple(
        _sentence(experiment.quantity, first, second, values) for first, second in experiment.better
    )


def _sentence(
    quantity: str, first: str, second: str, values: Mapping[str, Sequence[float | None]]
) -> str:
    lower = [value for value in values.get(first, ()) if value is not None]
    upper = [value for value in values.get(second, ()) if value is not None]
    if not lower or not upper:
        missing = first if not lower else second
        return f"{first} against {second}: undecided, {missing} has no {quantity}."
    seeds = min(len(lower), len(upper))
    if max(lower) < min(upper):
        word = "as claimed"
    elif min(lower) > max(upper):
        word = "against the claim"
    else:
        over = f"their values over {seeds} seeds overlap" if seeds > 1 else "their values are equal"
        return f"{first} against {second}: undecided, {over}."
    chance = " One seed does not exclude chance." if seeds == 1 else ""
    lower_words, higher_words = "has a lower", "has a higher"
    if quantity.startswith("steps"):
        lower_words, higher_words = "needs fewer", "needs more"
    said = lower_words if word == "as claimed" else higher_words
    over = f" ({seeds} seeds)" if seeds > 1 else ""
    return f"{first} {said} {quantity} than {second}: {word}{over}.{chance}"
