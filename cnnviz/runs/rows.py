"""Reads, changes and deletes rows of the runs table within a transaction."""

import functools
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sql

from cnnviz.runs.database import groups, measured, members, runs
from cnnviz.runs.run import Run
from cnnviz.training.measurement import Measurement
from cnnviz.training.plan import Plan
from cnnviz.training.running import share_done

# Column values of a run that joins the queue again.
WAITING = {
    **{"message": "", "device": "", "host": "", "worker": "", "wish": ""},
    **{"wished": None, "process": None, "heartbeat": None, "ended": None},
}


def change_run(
    connection: sql.Connection,
    which: sql.ColumnElement[bool],
    is_visible: bool = True,
    **values: Any,
) -> int:
    """Update columns of the selected runs; returns how many runs changed.

    Args:
        connection: In a writing transaction.
        which: Selects the runs.
        is_visible: Whether visitors see the change, which increases the revision.
        values: New values by column.
    """
    changed = sql.update(runs).where(which)
    revision = runs.c.revision + int(is_visible)
    return connection.execute(changed.values(**values, revision=revision)).rowcount


def remove_row(connection: sql.Connection, run_id: str) -> None:
    """Delete a run, its measurements, and groups without another run."""
    connection.execute(sql.delete(measured).where(measured.c.run == run_id))
    chosen = sql.select(members.c.group_id).where(members.c.run == run_id)
    left = list(connection.scalars(chosen))
    connection.execute(sql.delete(members).where(members.c.run == run_id))
    if left:
        is_full = sql.exists().where(members.c.group_id == groups.c.id)
        connection.execute(sql.delete(groups).where(groups.c.id.in_(left) & ~is_full))
    connection.execute(sql.delete(runs).where(runs.c.id == run_id))


def plan_columns(plan: Plan) -> dict[str, str]:
    """The column values of a plan."""
    return {"variant": plan.network.spec.variant, "plan": json.dumps(plan.to_json())}


def progress_columns(row: Any, measurements: Sequence[Measurement]) -> dict[str, Any]:
    """The column values of the progress after new measurements."""
    last = max(measurements, key=lambda each: each.step)
    tested = [each.test_accuracy for each in measurements if each.test_accuracy is not None]
    if row.test_accuracy is not None:
        tested.append(row.test_accuracy)
    plan = _plan(row.plan)
    return {
        "step": last.step,
        "epoch": last.epoch,
        "seconds": last.seconds,
        "share": share_done(plan, last),
        "test_accuracy": max(tested, default=None),
    }


def as_run(row: Any) -> Run:
    """The run of a row."""
    columns = {name: getattr(row, name) for name in Run.__dataclass_fields__ if name != "plan"}
    return Run(plan=_plan(row.plan), **columns)


@functools.lru_cache(maxsize=1024)
def _plan(text: str) -> Plan:
    """Parse a plan; cached, since lists of runs are read every second."""
    return Plan.from_json(json.loads(text))


def as_measurement(content: str) -> Measurement:
    """Parse a measurement."""
    return Measurement.from_json(json.loads(content))


def row_of(connection: sql.Connection, run_id: str, to_change: bool = False) -> Any:
    """The row of a run.

    Args:
        connection: In a transaction.
        run_id: Id of the run.
        to_change: Whether to lock the row until the transaction ends.

    Raises:
        KeyError: There is no such run.
    """
    chosen = sql.select(runs).where(runs.c.id == run_id)
    row = connection.execute(chosen.with_for_update() if to_change else chosen).one_or_none()
    if row is None:
        raise KeyError(f"There is no run {run_id}; it may have been deleted.")
    return row
