"""Ratios of medians, measured in turn in one run: the machine's speed drifts, a ratio does not."""

import statistics
import time
from collections.abc import Callable

import pytest


@pytest.fixture
def in_turn() -> Callable[..., dict[str, float]]:
    """Run the named functions in turn and give each one's median seconds."""

    def measure(rounds: int, **functions: Callable[[], object]) -> dict[str, float]:
        seconds: dict[str, list[float]] = {name: [] for name in functions}
        for function in functions.values():
            function()
        for _ in range(rounds):
            for name, function in functions.items():
                started = time.perf_counter()
                function()
                seconds[name].append(time.perf_counter() - started)
        return {name: statistics.median(values) for name, values in seconds.items()}

    return measure


@pytest.fixture
def report() -> Callable[[str], None]:
    """Print one line of the benchmark's result."""
    return lambda line: print(f"\n  {line}")
