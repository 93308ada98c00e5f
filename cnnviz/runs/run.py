"""A run as everybody sees it, and where runs are kept; needs no database."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cnnviz.training.plan import Plan

State = Literal["queued", "running", "paused", "finished", "stopped", "failed", "interrupted"]
OPEN: tuple[State, ...] = ("queued", "running", "paused")
BEGUN: tuple[State, ...] = ("running", "paused")
RESUMABLE: tuple[State, ...] = ("stopped", "failed", "interrupted")


@dataclass(frozen=True)
class Run:
    """A run as the store knows it now.

    Attributes:
        id: Short and unguessable; in addresses.
        owner: The visitor whose browser started it.
        plan: What it does.
        state: "queued" waits for a slot; "stopped", "failed" and "interrupted" can be resumed.
        message: One sentence on how it ended, or empty.
        device: What it runs on: "cpu" or "cuda:0"; empty while it waits.
        created: Seconds since 1970, as all times here.
        started: When the worker began, if it has.
        ended: When it ended, if it has.
        step: Of the last measurement.
        epoch: Of the last measurement.
        share: How much of its budget is done, in [0, 1].
        seconds: Of training so far.
        test_accuracy: The best so far, in [0, 1], if any was measured.
        learning_rate_scale: What its owner multiplies the learning rate by.
    """

    id: str
    owner: str
    plan: Plan
    state: State
    message: str
    device: str
    created: float
    started: float | None
    ended: float | None
    step: int
    epoch: float
    share: float
    seconds: float
    test_accuracy: float | None
    learning_rate_scale: float

    @property
    def is_open(self) -> bool:
        """Whether more will be measured without anybody's doing."""
        return self.state in OPEN

    @property
    def folder(self) -> Path:
        """Where its checkpoints are."""
        return runs_folder() / self.id


def runs_folder() -> Path:
    """Where runs and the default store are kept: CNNVIZ_RUNS, or else ~/.cnnviz/runs."""
    chosen = os.environ.get("CNNVIZ_RUNS")
    return Path(chosen).expanduser() if chosen else Path.home() / ".cnnviz" / "runs"
