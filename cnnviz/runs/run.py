"""A training run and its folder; needs no database."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cnnviz.settings import settings
from cnnviz.training.plan import Plan

State = Literal["queued", "running", "paused", "finished", "stopped", "failed", "interrupted"]
OPEN: tuple[State, ...] = ("queued", "running", "paused")
BEGUN: tuple[State, ...] = ("running", "paused")
RESUMABLE: tuple[State, ...] = ("stopped", "failed", "interrupted")
# The owner of runs from a terminal, which are never evicted; no browser can have this id.
COMMAND_LINE = "command line"
DAY = 24 * 60 * 60  # seconds


@dataclass(frozen=True)
class Run:
    """The current state of a run in the store.

    Attributes:
        id: Short and unguessable; part of URLs.
        owner: Id of the visitor whose browser started it.
        plan: Network, data and training options.
        state: "queued" waits for a device; "stopped", "failed" and "interrupted" can be resumed.
        message: One sentence on how it ended, or empty.
        device: "cpu" or "cuda:0"; empty while queued.
        created: Unix time in seconds, like all times here.
        started: When the worker began, if it has.
        ended: When it ended, if it has.
        step: Step of the last measurement.
        epoch: Epoch of the last measurement.
        share: Completed share of its budget, in [0, 1].
        seconds: Training time so far.
        test_accuracy: Best test accuracy so far, in [0, 1]; None before the first test.
        learning_rate_scale: Its owner's factor on the learning rate.
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
        """Whether it is queued, running or paused."""
        return self.state in OPEN

    @property
    def folder(self) -> Path:
        """The folder of its record and checkpoints."""
        return settings().runs / self.id
