"""Runs in SQL: what was asked for, what is at work, and everything that was measured."""

from __future__ import annotations

import hmac
import json
import logging
import os
from collections.abc import Sequence
from typing import Any, Literal

import sqlalchemy as sql

from cnnviz.runs.creation import insert_runs, remove_folder, require_allowed
from cnnviz.runs.database import Database, StoreError
from cnnviz.runs.database import measured as measured_table
from cnnviz.runs.database import runs as runs_table
from cnnviz.runs.folder import RunError
from cnnviz.runs.limits import COMMAND_LINE
from cnnviz.runs.rows import (
    WAITING,
    as_measurement,
    as_run,
    change_run,
    progress_columns,
    remove_row,
    row_of,
)
from cnnviz.runs.run import BEGUN, OPEN, RESUMABLE, Run, State, runs_folder
from cnnviz.training.measurement import Measurement
from cnnviz.training.plan import Plan

__all__ = ["Run", "RunError", "State", "Store", "StoreError", "runs_folder", "store_url"]

logger = logging.getLogger(__name__)

Wish = Literal["stop", "pause", "resume"]
SCALES = (0.001, 1000.0)  # smallest and largest learning_rate_scale


def store_url() -> str:
    """Where the store is: CNNVIZ_DATABASE, or else a file of SQLite in the runs' folder."""
    return os.environ.get("CNNVIZ_DATABASE") or f"sqlite:///{runs_folder() / 'runs.sqlite'}"


class Store:
    """The runs of one database; threads and processes may share it.

    A visitor is a name that nobody else knows. What changes a run asks who wants it: its owner may,
    and whoever has the teacher's token (CNNVIZ_TEACHER_TOKEN).

    Args:
        url: Of the database, as SQLAlchemy writes it; default ``store_url()``.
        is_teachers: Whoever has this object may do everything: the command line.

    Raises:
        ValueError: The address is none.
        StoreError: The database cannot be used, or is of another version.
    """

    def __init__(self, url: str | None = None, is_teachers: bool = False) -> None:
        self.database = Database(url or store_url())
        self._is_teachers = is_teachers

    def create(self, plan: Plan, owner: str) -> Run:
        """A new run that waits in the queue.

        A visitor whose number of runs is full loses his oldest ones that were never tested, because
        they failed or were stopped at once; runs that have a result go only when he says so.

        Raises:
            ValueError: The plan is beyond the limits, or the visitor has too many runs.
        """
        require_allowed([plan])
        with self.database.writing(alone=True) as connection:
            now = self.database.now(connection)
            (run_id,), removed = insert_runs(connection, [plan], owner, now)
        for each in removed:
            remove_folder(each)
        return self.run(run_id)

    def run(self, run_id: str) -> Run:
        """A run as it is now.

        Raises:
            KeyError: There is none of this id.
        """
        with self.database.reading() as connection:
            return as_run(row_of(connection, run_id, to_change=True))

    def runs(self, owner: str | None = None, limit: int = 100) -> list[Run]:
        """The youngest runs, youngest first: all, or those of one owner."""
        wanted = sql.true() if owner is None else runs_table.c.owner == owner
        return self._runs(wanted, limit)

    def finished(self, variant: str | None = None) -> list[Run]:
        """The runs that came to their end, youngest first: all, or those of one network."""
        wanted = runs_table.c.state == "finished"
        return self._runs(wanted if variant is None else wanted & (runs_table.c.variant == variant))

    def _runs(self, wanted: sql.ColumnElement[bool], limit: int | None = None) -> list[Run]:
        order = (runs_table.c.created.desc(), runs_table.c.id)
        chosen = sql.select(runs_table).where(wanted).order_by(*order).limit(limit)
        with self.database.reading() as connection:
            rows = connection.execute(chosen).all()
        return [run for row in rows if (run := _readable(row)) is not None]

    def revisions(self, run_ids: Sequence[str] | None = None) -> dict[str, int]:
        """A number for each run that grows when anything about it changes, in one small query.

        Args:
            run_ids: Which; default all that are not at their end. Unknown ones are left out.
        """
        wanted = (
            runs_table.c.state.in_(OPEN) if run_ids is None else runs_table.c.id.in_(list(run_ids))
        )
        with self.database.reading() as connection:
            found = connection.execute(
                sql.select(runs_table.c.id, runs_table.c.revision).where(wanted)
            )
            return {row.id: row.revision for row in found}

    def place(self, run_id: str) -> int | None:
        """How many runs are started before a waiting one, and itself; None where it does not wait.

        Raises:
            KeyError: There is no such run.
        """
        with self.database.reading() as connection:
            row = row_of(connection, run_id, to_change=True)
            earlier = (runs_table.c.state == "queued") & (runs_table.c.queued < row.queued)
            count = sql.select(sql.func.count()).select_from(runs_table).where(earlier)
            return 1 + (connection.scalar(count) or 0) if row.state == "queued" else None

    def measurements(self, run_id: str, after: int = 0) -> list[tuple[int, Measurement]]:
        """What was measured, in order, each with its number.

        Args:
            run_id: Of which run; an unknown one has none.
            after: Only those with a larger number: what is new for someone who has read up to it.
        """
        wanted = (measured_table.c.run == run_id) & (measured_table.c.number > after)
        chosen = sql.select(measured_table.c.number, measured_table.c.content).where(wanted)
        with self.database.reading() as connection:
            rows = connection.execute(chosen.order_by(measured_table.c.number)).all()
        return [(row.number, as_measurement(row.content)) for row in rows]

    def curves(self, run_ids: Sequence[str]) -> dict[str, list[Measurement]]:
        """What was measured in several runs, in one query; runs without measurements have []."""
        found: dict[str, list[Measurement]] = {run_id: [] for run_id in run_ids}
        chosen = sql.select(measured_table.c.run, measured_table.c.content)
        chosen = chosen.where(measured_table.c.run.in_(list(found)))
        with self.database.reading() as connection:
            rows = connection.execute(chosen.order_by(measured_table.c.number)).all()
        for row in rows:
            found[row.run].append(as_measurement(row.content))
        return found

    def add_measurements(
        self, run_id: str, found: Sequence[Measurement], worker: str | None = None
    ) -> None:
        """Keep what was measured, after all that was before.

        Args:
            run_id: Of which run.
            found: In order.
            worker: Only while the run is this worker's.

        Raises:
            KeyError: There is no such run.
        """
        if not found:
            return
        contents = [{"run": run_id, "content": json.dumps(each.to_json())} for each in found]
        with self.database.writing() as connection:
            row = row_of(connection, run_id, to_change=True)
            if worker not in (None, row.worker):
                raise KeyError(f"The run {run_id} is not this worker's any more.")
            self._change(connection, run_id, **progress_columns(row, found))
            connection.execute(sql.insert(measured_table), contents)

    def ask(self, run_id: str, wish: Wish, by: str, token: str | None = None) -> None:
        """Stop a run, let it pause, or let it go on after a pause.

        Its worker sees it within a second. A run that still waits is stopped at once.

        Raises:
            KeyError: There is no such run.
            RunError: It is not the visitor's, or it has ended.
        """
        if wish not in ("stop", "pause", "resume"):
            raise ValueError(f"wish must be stop, pause or resume; received {wish}.")
        with self.database.writing() as connection:
            row = row_of(connection, run_id, to_change=True)
            self.require_right(row, by, token)
            now = self.database.now(connection)
            if row.state == "queued" and wish == "stop":
                message = "It was stopped before it began." if row.step == 0 else ""
                self._change(connection, run_id, state="stopped", message=message, ended=now)
            elif row.state in BEGUN and row.wish != "stop":
                self._change(connection, run_id, wish="" if wish == "resume" else wish, wished=now)
            elif row.state not in BEGUN:
                raise RunError(f"The run is {row.state}; only a run at work can be told to {wish}.")

    def steer(
        self, run_id: str, learning_rate_scale: float, by: str, token: str | None = None
    ) -> None:
        """Multiply the schedule's learning rate by a number from the next step on.

        Raises:
            KeyError: There is no such run.
            RunError: It is not the visitor's.
            ValueError: The number is no such factor.
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
        """Put a run that was stopped, has failed or was interrupted at the end of the queue.

        Raises:
            KeyError: There is no such run.
            RunError: It is not the visitor's, or is in another state.
        """
        with self.database.writing() as connection:
            row = row_of(connection, run_id, to_change=True)
            self.require_right(row, by, token)
            if row.state not in RESUMABLE:
                raise RunError(f"The run is {row.state}; only one that was stopped can go on.")
            now = self.database.now(connection)
            self._change(connection, run_id, state="queued", queued=now, **WAITING)

    def delete(self, run_id: str, by: str, token: str | None = None) -> None:
        """Forget a run and remove its folder; a worker that is at it ends within a second.

        Raises:
            KeyError: There is no such run.
            RunError: It is not the visitor's.
        """
        with self.database.writing() as connection:
            self.require_right(row_of(connection, run_id, to_change=True), by, token)
            remove_row(connection, run_id)
        remove_folder(run_id)

    def require_right(self, row: Any, by: str, token: str | None) -> None:
        """Accept who owns a row, or is the teacher.

        Raises:
            RunError: It is somebody else.
        """
        teachers = os.environ.get("CNNVIZ_TEACHER_TOKEN", "")
        is_teacher = bool(teachers and token) and _same(teachers, token or "")
        # A browser names itself in a cookie, so this name is no browser's.
        is_owner = by != COMMAND_LINE and _same(by, row.owner)
        if not (self._is_teachers or is_teacher or is_owner):
            raise RunError("Only the browser that started this run, or the teacher, may do this.")

    def _change(self, connection: sql.Connection, run_id: str, **values: Any) -> None:
        change_run(connection, runs_table.c.id == run_id, **values)


def _readable(row: Any) -> Run | None:
    """A row of a list; None where another version of this program has written its plan."""
    try:
        return as_run(row)
    except (KeyError, ValueError) as error:
        logger.warning("The run %s is not shown, since its plan is not known: %s", row.id, error)
        return None


def _same(first: str, second: str) -> bool:
    """Whether two secrets are alike; takes as long for any two of a length."""
    return hmac.compare_digest(first.encode(), second.encode())
