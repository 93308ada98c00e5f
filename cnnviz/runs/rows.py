"""A row of the table of runs: how it is read, changed and removed, within a transaction."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sql

from cnnviz.runs.database import groups, measured, members, runs
from cnnviz.runs.run import Run
from cnnviz.training.measurement import Measurement
from cnnviz.training.plan import Plan

# What a run that begins to wait forgets.
WAITING = {
    **{"message": "", "device": "", "host": "", "worker": "", "wish": ""},
    **{"wished": None, "process": None, "heartbeat": None, "ended": None},
}


def change_run(
    connection: sql.Connection, which: sql.ColumnElement[bool], is_news: bool = True, **values: Any
) -> int:
    """Change columns of runs; how many there were.

    Args:
        connection: In a transaction that writes.
        which: The runs.
        is_news: Whether people see the change, so that the runs have a new revision.
        values: By column.
    """
    changed = sql.update(runs).where(which)
    revision = runs.c.revision + int(is_news)
    return connection.execute(changed.values(**values, revision=revision)).rowcount


def remove_row(connection: sql.Connection, run_id: str) -> None:
    """Remove a run and its measurements from the tables, and groups that it leaves empty."""
    connection.execute(sql.delete(measured).where(measured.c.run == run_id))
    chosen = sql.select(members.c.group_id).where(members.c.run == run_id)
    left = list(connection.scalars(chosen))
    connection.execute(sql.delete(members).where(members.c.run == run_id))
    if left:
        is_full = sql.exists().where(members.c.group_id == groups.c.id)
        connection.execute(sql.delete(groups).where(groups.c.id.in_(left) & ~is_full))
    connection.execute(sql.delete(runs).where(runs.c.id == run_id))


def plan_columns(plan: Plan) -> dict[str, str]:
    """The columns that keep a plan."""
    return {"variant": plan.network.spec.variant, "plan": json.dumps(plan.to_json())}


def progress_columns(row: Any, found: Sequence[Measurement]) -> dict[str, Any]:
    """The columns that tell how far a run is."""
    from cnnviz.training.running import share_done

    last = max(found, key=lambda each: each.step)
    tested = [each.test_accuracy for each in found if each.test_accuracy is not None]
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
    """A row as everybody sees it."""
    found = {name: getattr(row, name) for name in Run.__dataclass_fields__ if name != "plan"}
    return Run(plan=_plan(row.plan), **found)


@functools.lru_cache(maxsize=1024)
def _plan(written: str) -> Plan:
    """A plan from its text; a list of runs is read each second, and plans do not change."""
    return Plan.from_json(json.loads(written))


def as_measurement(content: str) -> Measurement:
    """A measurement as the table keeps it."""
    return Measurement.from_json(json.loads(content))


def row_of(connection: sql.Connection, run_id: str, to_change: bool = False) -> Any:
    """The row of a run.

    Args:
        connection: In a transaction.
        run_id: Of the run.
        to_change: Whether others must wait with changing it until the transaction's end.

    Raises:
        KeyError: There is none.
    """
    chosen = sql.select(runs).where(runs.c.id == run_id)
    row = connection.execute(chosen.with_for_update() if to_change else chosen).one_or_none()
    if row is None:
        raise KeyError(f"There is no run {run_id}; it may have been deleted.")
    return row
