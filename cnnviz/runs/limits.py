"""Limits of a server, from environment variables."""

from __future__ import annotations

import os
from dataclasses import dataclass

DAY = 24 * 60 * 60  # seconds
# The owner of runs from a terminal, which are never evicted; no browser can have this id.
COMMAND_LINE = "command line"


@dataclass(frozen=True)
class Limits:
    """Limits for one visitor.

    Attributes:
        seconds: Longest training time per turn in the queue: CNNVIZ_MAX_SECONDS.
        epochs: Most epochs of a plan: CNNVIZ_MAX_EPOCHS.
        runs: Most stored runs: CNNVIZ_MAX_RUNS.
        running: Most runs at once: CNNVIZ_MAX_RUNNING.
        days: Days for which an ended run is stored: CNNVIZ_KEEP_DAYS.
    """

    seconds: int = 3600
    epochs: int = 400
    runs: int = 20
    running: int = 1
    days: int = 30


def limits() -> Limits:
    """The limits that the environment variables set.

    Raises:
        ValueError: A variable is not a whole number of at least 1.
    """
    default = Limits()
    return Limits(
        seconds=_number("CNNVIZ_MAX_SECONDS", default.seconds),
        epochs=_number("CNNVIZ_MAX_EPOCHS", default.epochs),
        runs=_number("CNNVIZ_MAX_RUNS", default.runs),
        running=_number("CNNVIZ_MAX_RUNNING", default.running),
        days=_number("CNNVIZ_KEEP_DAYS", default.days),
    )


def _number(name: str, default: int) -> int:
    written = os.environ.get(name, "").strip() or str(default)
    if not written.isdecimal() or int(written) < 1:
        raise ValueError(f"{name} must be a whole number of at least 1; received {written}.")
    return int(written)
