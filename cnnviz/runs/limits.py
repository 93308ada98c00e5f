"""What a server allows, from its environment."""

from __future__ import annotations

import os
from dataclasses import dataclass

DAY = 24 * 60 * 60  # seconds
# Who brings runs in from a terminal: they are not cleaned up, and no browser can be this owner.
COMMAND_LINE = "command line"


@dataclass(frozen=True)
class Limits:
    """How much of a machine one visitor may take.

    Attributes:
        seconds: Longest training between two waits in the queue: CNNVIZ_MAX_SECONDS.
        epochs: Most of a plan: CNNVIZ_MAX_EPOCHS.
        runs: Most that are kept for a visitor: CNNVIZ_MAX_RUNS.
        running: Most of a visitor that run at once: CNNVIZ_MAX_RUNNING.
        days: How long a run is kept after its end: CNNVIZ_KEEP_DAYS.
    """

    seconds: int = 3600
    epochs: int = 400
    runs: int = 20
    running: int = 1
    days: int = 30


def limits() -> Limits:
    """The limits of this process's environment.

    Raises:
        ValueError: A variable is no whole number of at least 1.
    """
    usual = Limits()
    return Limits(
        seconds=_number("CNNVIZ_MAX_SECONDS", usual.seconds),
        epochs=_number("CNNVIZ_MAX_EPOCHS", usual.epochs),
        runs=_number("CNNVIZ_MAX_RUNS", usual.runs),
        running=_number("CNNVIZ_MAX_RUNNING", usual.running),
        days=_number("CNNVIZ_KEEP_DAYS", usual.days),
    )


def _number(name: str, usual: int) -> int:
    written = os.environ.get(name, "").strip() or str(usual)
    if not written.isdecimal() or int(written) < 1:
        raise ValueError(f"{name} must be a whole number of at least 1; received {written}.")
    return int(written)
