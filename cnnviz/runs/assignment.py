"""A worker's access to the run that it is assigned."""

import os
import secrets
from collections.abc import Sequence
from typing import Any

from cnnviz.runs.database import runs
from cnnviz.runs.folder import RunError
from cnnviz.runs.rows import change_run, row_of
from cnnviz.runs.run import BEGUN, Run, State
from cnnviz.runs.store import Store
from cnnviz.training.measurement import Measurement, Steering


class AssignmentLostError(RunError):
    """The run no longer belongs to this worker: it was deleted or declared interrupted."""


class Assignment:
    """A run that one worker owns, exclusively as long as the worker sends heartbeats.

    Args:
        store: The store that holds the run.
        run_id: Id of a run to which a server has given a device.

    Raises:
        KeyError: There is no such run.
        RunError: The run is not waiting for a worker.
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
                raise RunError(f"The run {run_id} is not waiting for a worker.")

    @property
    def run(self) -> Run:
        """The current state of the run."""
        return self._store.run(self._run_id)

    @property
    def is_deleted(self) -> bool:
        """Whether the run was deleted."""
        try:
            self._store.run(self._run_id)
        except KeyError:
            return True
        return False

    def requests(self) -> Steering:
        """Read visitors' current requests.

        Raises:
            AssignmentLostError: The run was deleted or belongs to another worker.
        """
        with self._store.database.reading() as connection:
            row = self._own_row(connection)
        return Steering(row.wish == "stop", row.wish == "pause", row.learning_rate_scale)

    def send_heartbeat(self, state: State) -> None:
        """Report that the worker is alive, and whether the run is running or paused.

        Raises:
            AssignmentLostError: The run was deleted or belongs to another worker.
        """
        with self._store.database.writing() as connection:
            row = self._own_row(connection)
            now = self._store.database.now(connection)
            self._change(connection, row, heartbeat=now, state=state)

    def add(self, measurements: Sequence[Measurement]) -> None:
        """Store measurements.

        Raises:
            AssignmentLostError: The run was deleted or belongs to another worker.
        """
        try:
            self._store.add_measurements(self._run_id, measurements, self._worker)
        except KeyError:
            raise _lost() from None

    def end(self, state: State, message: str = "") -> None:
        """Store how the run ended.

        Raises:
            AssignmentLostError: The run was deleted or belongs to another worker.
        """
        with self._store.database.writing() as connection:
            row = self._own_row(connection)
            share = {"share": 1.0} if state == "finished" else {}
            outcome = {"state": state, "message": message, "wish": ""}
            now = self._store.database.now(connection)
            self._change(connection, row, ended=now, **outcome, **share)

    def _own_row(self, connection: Any) -> Any:
        try:
            row = row_of(connection, self._run_id)
        except KeyError:
            raise _lost() from None
        if row.worker != self._worker or row.state not in BEGUN:
            raise _lost()
        return row

    def _change(self, connection: Any, row: Any, **values: Any) -> None:
        """Update the run; only changes that visitors see increase its revision."""
        is_own = (runs.c.id == self._run_id) & (runs.c.worker == self._worker)
        is_own &= runs.c.state.in_(BEGUN)
        is_visible = values.keys() != {"heartbeat", "state"} or values["state"] != row.state
        if not change_run(connection, is_own, is_visible, **values):
            raise _lost()


def _lost() -> AssignmentLostError:
    return AssignmentLostError("The run was taken from this worker.")
