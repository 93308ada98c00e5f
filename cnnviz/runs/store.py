"""The SQL store of runs: their plans, states and measurements."""

import hmac
import json
import logging
from collections.abc import Sequence
from typing import Any, Literal

import sqlalchemy as sql

from cnnviz.runs.creation import insert_runs, remove_folder, require_allowed
from cnnviz.runs.database import Database, StoreError
from cnnviz.runs.database import measured as measured_table
from cnnviz.runs.database import runs as runs_table
from cnnviz.runs.folder import RunError
from cnnviz.runs.rows import (
    WAITING,
    as_measurement,
    as_run,
    change_run,
    progress_columns,
    remove_row,
    row_of,
)
from cnnviz.runs.run import BEGUN, COMMAND_LINE, OPEN, RESUMABLE, Run, State
from cnnviz.settings import settings
from cnnviz.training.measurement import Measurement
from cnnviz.training.plan import Plan

__all__ = ["Run", "RunError", "State", "Store", "StoreError", "store_url"]

logger = logging.getLogger(__name__)

Request = Literal["stop", "pause", "resume"]
SCALES = (0.001, 1000.0)  # smallest and largest learning_rate_scale


def store_url() -> str:
    """The store's address: CNNVIZ_DATABASE, else an SQLite file in the runs' folder."""
    return settings().database or f"sqlite:///{settings().runs / 'runs.sqlite'}"


class Store:
    """The runs in one database, which threads and processes may share.

    A visitor is identified by a secret name. Only a run's owner and holders of the teacher's token
    (CNNVIZ_TEACHER_TOKEN) may change it.

    Args:
        url: SQLAlchemy address of the database; default ``store_url()``.
        is_teachers: Whether everything is permitted, as on the command line.

    Raises:
        ValueError: The address is invalid.
        StoreError: The database is not available, or has a newer version.
    """

    def __init__(self, url: str | None = None, is_teachers: bool = False) -> None:
        self.database = Database(url or store_url())
        self._is_teachers = is_teachers

    def create(self, plan: Plan, owner: str) -> Run:
        """Add a run to the queue.

        At the limit of runs, the owner's oldest untested runs (failed or stopped early) are
        evicted; runs with a result never are.

        Raises:
            ValueError: The plan exceeds the limits, or the owner has too many runs.
        """
        require_allowed([plan])
        with self.database.writing(alone=True) as connection:
            now = self.database.now(connection)
            (run_id,), removed = insert_runs(connection, [plan], owner, now)
        for each in removed:
            remove_folder(each)
        return self.run(run_id)

    def run(self, run_id: str) -> Run:
        """Read the current state of a run.

        Raises:
            KeyError: There is no such run.
        """
        with self.database.reading() as connection:
            return as_run(row_of(connection, run_id, to_change=True))

    def runs(self, owner: str | None = None, limit: int = 100) -> list[Run]:
        """The newest runs of all visitors or of one owner, newest first."""
        wanted = sql.true() if owner is None else runs_table.c.owner == owner
        order = (runs_table.c.created.desc(), runs_table.c.id)
        chosen = sql.select(runs_table).where(wanted).order_by(*order).limit(limit)
        with self.database.reading() as connection:
            rows = connection.execute(chosen).all()
        return [run for row in rows if (run := _readable(row)) is not None]

    def revisions(self, run_ids: Sequence[str] | None = None) -> dict[str, int]:
        """A number for each run that increases with every visible change.

        Args:
            run_ids: Default all open runs. Unknown ids are ignored.
        """
        wanted = (
            runs_table.c.state.in_(OPEN) if run_ids is None else runs_table.c.id.in_(list(run_ids))
        )
        with self.database.reading() as connection:
            rows = connection.execute(
                sql.select(runs_table.c.id, runs_table.c.revision).where(wanted)
            )
            return {row.id: row.revision for row in rows}

    def place(self, run_id: str) -> int | None:
        """Position of a run in the queue, from 1; None if it is not queued.

        Raises:
            KeyError: There is no such run.
        """
        with self.database.reading() as connection:
            row = row_of(connection, run_id, to_change=True)
            earlier = (runs_table.c.state == "queued") & (runs_table.c.queued < row.queued)
            count = sql.select(sql.func.count()).select_from(runs_table).where(earlier)
            return 1 + (connection.scalar(count) or 0) if row.state == "queued" else None

    def measurements(self, run_id: str, after: int = 0) -> list[tuple[int, Measurement]]:
        """Measurements of a run in order, each with its number.

        Args:
            run_id: Id of the run; an unknown run has none.
            after: Return only larger numbers, to read what is new.
        """
        wanted = (measured_table.c.run == run_id) & (measured_table.c.number > after)
        chosen = sql.select(measured_table.c.number, measured_table.c.content).where(wanted)
        with self.database.reading() as connection:
            rows = connection.execute(chosen.order_by(measured_table.c.number)).all()
        return [(row.number, as_measurement(row.content)) for row in rows]

    def curves(self, run_ids: Sequence[str]) -> dict[str, list[Measurement]]:
        """Measurements of several runs, in one query."""
        measurements: dict[str, list[Measurement]] = {run_id: [] for run_id in run_ids}
        chosen = sql.select(measured_table.c.run, measured_table.c.content)
        chosen = chosen.where(measured_table.c.run.in_(list(measurements)))
        with self.database.reading() as connection:
            rows = connection.execute(chosen.order_by(measured_table.c.number)).all()
        for row in rows:
            measurements[row.run].append(as_measurement(row.content))
        return measurements

    def add_measurements(
        self, run_id: str, measurements: Sequence[Measurement], worker: str | None = None
    ) -> None:
        """Append measurements to a run.

        Args:
            run_id: Id of the run.
            measurements: In order.
            worker: The worker that must still own the run; default any.

        Raises:
            KeyError: There is no such run, or it belongs to another worker.
        """
        if not measurements:
            return
        contents = [{"run": run_id, "content": json.dumps(each.to_json())} for each in measurements]
        with self.database.writing() as connection:
            row = row_of(connection, run_id, to_change=True)
            if worker not in (None, row.worker):
                raise KeyError(f"The run {run_id} no longer belongs to this worker.")
            self._change(connection, run_id, **progress_columns(row, measurements))
            connection.execute(sql.insert(measured_table), contents)

    def request(self, run_id: str, request: Request, by: str, token: str | None = None) -> None:
        """Request that a run stops, pauses or continues after a pause.

        Its worker responds within a second. A queued run is stopped at once.

        Raises:
            KeyError: There is no such run.
            RunError: It is another visitor's, or it has ended.
        """
        if request not in ("stop", "pause", "resume"):
            raise ValueError(f"request must be stop, pause or resume; received {request}.")
        with self.database.writing() as connection:
            row = row_of(connection, run_id, to_change=True)
            self.require_right(row, by, token)
            now = self.database.now(connection)
            if row.state == "queued" and request == "stop":
                message = "It was stopped before it began." if row.step == 0 else ""
                self._change(connection, run_id, state="stopped", message=message, ended=now)
            elif row.state in BEGUN and row.wish != "stop":
                wish = "" if request == "resume" else request
                self._change(connection, run_id, wish=wish, wished=now)
            elif row.state not in BEGUN:
                raise RunError(f"The run is {row.state}; only a running run can {request}.")

    def steer(
        self, run_id: str, learning_rate_scale: float, by: str, token: str | None = None
    ) -> None:
        """Scale the schedule's learning rate from the next step on.

        Raises:
            KeyError: There is no such run.
            RunError: It is another visitor's.
            ValueError: The factor is out of range.
        """
        if not SCALES[0] <= learning_rate_scale <= SCALES[1]:
            raise ValueError(
                f"learning_rate_scale must be from {SCALES[0]:g} to {SCALES[1]:g}; "
                f"received {learning_rate_scale:g}."
            )
        with self.database.writing() as connection:
            self.require_right(row_of(connection, run_id, to_change=True), by, token)
            self._change(connection, run_id, learning_rate_scale=learning_rate_scale)

    def resume(self, run_id: str, by: str, token: str | None = None) -> None:
        """Append a stopped, failed or interrupted run to the queue.

        Raises:
            KeyError: There is no such run.
            RunError: It is another visitor's, or cannot be resumed.
        """
        with self.database.writing() as connection:
            row = row_of(connection, run_id, to_change=True)
            self.require_right(row, by, token)
            if row.state not in RESUMABLE:
                raise RunError(f"The run is {row.state}; only one that was stopped can be resumed.")
            now = self.database.now(connection)
            self._change(connection, run_id, state="queued", queued=now, **WAITING)

    def delete(self, run_id: str, by: str, token: str | None = None) -> None:
        """Delete a run and its folder; its worker ends within a second.

        Raises:
            KeyError: There is no such run.
            RunError: It is another visitor's.
        """
        with self.database.writing() as connection:
            self.require_right(row_of(connection, run_id, to_change=True), by, token)
            remove_row(connection, run_id)
        remove_folder(run_id)

    def require_right(self, row: Any, by: str, token: str | None) -> None:
        """Check that a visitor owns a row or is the teacher.

        Raises:
            RunError: It is another visitor's.
        """
        expected = settings().teacher_token
        is_teacher = bool(expected and token) and _same(expected or "", token or "")
        # The name comes from a browser's cookie, so the command line's name is not accepted.
        is_owner = by != COMMAND_LINE and _same(by, row.owner)
        if not (self._is_teachers or is_teacher or is_owner):
            raise RunError("Only the browser that started this run, or the teacher, may do this.")

    def _change(self, connection: sql.Connection, run_id: str, **values: Any) -> None:
        change_run(connection, runs_table.c.id == run_id, **values)


def _readable(row: Any) -> Run | None:
    """The run of a row; None if another version of this program wrote its plan."""
    try:
        return as_run(row)
    except (KeyError, ValueError) as error:
        logger.warning("The run %s is not shown, since its plan is not known: %s", row.id, error)
        return None


def _same(first: str, second: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(first.encode(), second.encode())
