"""What a worker may do with the one run that it is assigned to."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnnviz.runs.database import runs
from cnnviz.runs.folder import RunError
from cnnviz.runs.rows import change_run, row_of
from cnnviz.runs.run import BEGUN, Run, State
from cnnviz.runs.store import Store
from cnnviz.training.measurement import Measurement


class AssignmentLostError(RunError):
    """The run is not this worker's any more: it was deleted, or declared interrupted."""


@dataclass(frozen=True)
class Wishes:
    """What visitors want of a run now.

    Attributes:
        stop: That it ends.
        pause: That it waits.
        learning_rate_scale: What its learning rate is multiplied by.
    """

    stop: bool
    pause: bool
    learning_rate_scale: float


class Assignment:
    """A run in the hands of one worker; nobody else can take it while the worker shows life.

    Args:
        store: Where the run is.
        run_id: Of a run that a server has given a device.

    Raises:
        KeyError: There is no such run.
        RunError: It waits for no worker.
    """

    def __init__(self, store: Store, run_id: str) -> None:
        self._store, self._run_id = store, run_id
        self._worker = secrets.token_hex(8)
        with store.database.writing() as connection:
            row_of(connection, run_id)
            now = store.database.now(connection)
            is_free = (runs.c.id == run_id) & (runs.c.state == "running") & (runs.c.worker == "")
            begun: dict[str, Any] = {"worker": self._worker, "process": os.getpid()}
            if not change_run(connection, is_free, **begun, started=now, heartbeat=now):
                raise RunError(f"The run {run_id} waits for no worker.")

    @property
    def run(self) -> Run:
        """The run as it is now."""
        return self._store.run(self._run_id)

    @property
    def is_deleted(self) -> bool:
        """Whether there is no such run any more."""
        try:
            self._store.run(self._run_id)
        except KeyError:
            return True
        return False

    def wishes(self) -> Wishes:
        """What visitors want now.

        Raises:
            AssignmentLostError: The run is another's, or deleted.
        """
        with self._store.database.reading() as connection:
            row = self._own_row(connection)
        return Wishes(row.wish == "stop", row.wish == "pause", row.learning_rate_scale)

    def show_life(self, state: State) -> None:
        """Say that the worker is alive, and whether it is running or paused.

        Raises:
            AssignmentLostError: The run is another's, or deleted.
        """
        with self._store.database.writing() as connection:
            row = self._own_row(connection)
            now = self._store.database.now(connection)
            self._change(connection, row, heartbeat=now, state=state)

    def add(self, found: Sequence[Measurement]) -> None:
        """Keep what was measured.

        Raises:
            AssignmentLostError: The run is another's, or deleted.
        """
        try:
            self._store.add_measurements(self._run_id, found, self._worker)
        except KeyError:
            raise _lost() from None

    def end(self, state: State, message: str = "") -> None:
        """Say how the run ended.

        Raises:
            AssignmentLostError: The run is another's, or deleted.
        """
        with self._store.database.writing() as connection:
            row = self._own_row(connection)
            share: dict[str, Any] = {"share": 1.0} if state == "finished" else {}
            ended = self._store.database.now(connection)
            values: dict[str, Any] = {
                "state": state,
                "message": message,
                "ended": ended,
                "wish": "",
            }
            self._change(connection, row, **values, **share)

    def _own_row(self, connection: Any) -> Any:
        try:
            row = row_of(connection, self._run_id)
        except KeyError:
            raise _lost() from None
        if row.worker != self._worker or row.state not in BEGUN:
            raise _lost()
        return row

    def _change(self, connection: Any, row: Any, **values: Any) -> None:
        """Change the run; only a change that people see makes it a new revision."""
        is_own = (runs.c.id == self._run_id) & (runs.c.worker == self._worker)
        is_own &= runs.c.state.in_(BEGUN)
        is_news = values.keys() != {"heartbeat", "state"} or values["state"] != row.state
        if not change_run(connection, is_own, is_news, **values):
            raise _lost()


def _lost() -> AssignmentLostError:
    return AssignmentLostError("The run was taken from this worker.")
