"""Compares the runs of an experiment with its claim."""

from collections.abc import Callable, Mapping, Sequence

from cnnviz.training.experiments.declaration import Experiment
from cnnviz.training.measurement import Measurement

Curve = Sequence[Measurement]


def test_error(curve: Curve) -> float | None:
    """Error of the last test, in [0, 1]; None before the first."""
    accuracies = [m.test_accuracy for m in curve if m.test_accuracy is not None]
    return 1 - accuracies[-1] if accuracies else None


def train_error(curve: Curve) -> float | None:
    """Mean training error of the last epoch, in [0, 1], with augmentation and dropout enabled."""
    if not curve:
        return None
    start = curve[-1].epoch - 1
    last = (m for m in curve if m.epoch > start)
    accuracies = [m.train_accuracy for m in last if m.train_accuracy is not None]
    return 1 - sum(accuracies) / len(accuracies) if accuracies else None


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
    "training error": train_error,
    "gap": gap,
    "steps to 25 % training error": steps_to_quarter,
}


def budgets(experiment: Experiment, steps: int, seeds: int) -> str:
    """The budgets of paper and runs: "paper: 64,000 iterations; here: 400 iterations, 1 run"."""
    runs = f"{seeds} run{'s' if seeds > 1 else ''} per network"
    return f"paper: {experiment.paper_budget}; here: {steps:,} iterations, {runs}"


def verdict(
    experiment: Experiment, values: Mapping[str, Sequence[float | None]], epochs: float
) -> tuple[str, ...]:
    """The verdict on each pair of the claim, or a sentence that the runs were too short.

    Args:
        experiment: The experiment.
        values: Values by arm, one per seed; None if not reached.
        epochs: Epochs of the shortest run.
    """
    if epochs < experiment.min_epochs:
        return (
            f"Too short to support the claim: {epochs:.3g} epoch{'s' if epochs != 1 else ''}; "
            f"at least {experiment.min_epochs} are needed.",
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
        return f"{first} vs {second}: undecided, {missing} has no {quantity}."
    seeds = min(len(lower), len(upper))
    if max(lower) < min(upper):
        agreement = "as claimed"
    elif min(lower) > max(upper):
        agreement = "contrary to the claim"
    else:
        reason = f"the values of {seeds} seeds overlap" if seeds > 1 else "the values are equal"
        return f"{first} vs {second}: undecided, {reason}."
    caution = " One seed cannot rule out chance." if seeds == 1 else ""
    lower_words, higher_words = "has a lower", "has a higher"
    if quantity.startswith("steps"):
        lower_words, higher_words = "needs fewer", "needs more"
    relation = lower_words if agreement == "as claimed" else higher_words
    count = f" ({seeds} seeds)" if seeds > 1 else ""
    return f"{first} {relation} {quantity} than {second}: {agreement}{count}.{caution}"
