"""Creates runs in the store, within the limits of a visitor."""

import secrets
import shutil
from collections.abc import Sequence

import sqlalchemy as sql

from cnnviz.runs.database import runs
from cnnviz.runs.rows import plan_columns, remove_row
from cnnviz.runs.run import OPEN
from cnnviz.settings import settings
from cnnviz.training.plan import Plan

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another
LENGTH = 10  # of an id: 8e14 of them
APART = 1e-5  # seconds between runs created together, which preserves their order


def new_id() -> str:
    """A short unguessable id."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def require_allowed(plans: Sequence[Plan]) -> None:
    """Check plans against the server's limits.

    Raises:
        ValueError: A plan exceeds a limit.
    """
    allowed = settings()
    for options in (plan.options for plan in plans):
        if options.seconds > allowed.max_seconds:
            raise ValueError(
                f"seconds must be at most {allowed.max_seconds} on this server; "
                f"received {options.seconds}."
            )
        if options.epochs > allowed.max_epochs:
            raise ValueError(
                f"epochs must be at most {allowed.max_epochs} on this server; "
                f"received {options.epochs}."
            )


def insert_runs(
    connection: sql.Connection, plans: Sequence[Plan], owner: str, now: float
) -> tuple[list[str], list[str]]:
    """Add runs to the queue, all or none.

    Args:
        connection: In an exclusive writing transaction.
        plans: Within the limits, in the order in which they should start.
        owner: Owner of the runs.
        now: Time of the database's clock.

    Returns:
        Their ids, and the ids of the owner's untested runs that were evicted for them: remove
        their folders after the transaction.

    Raises:
        ValueError: The owner would exceed the limit of runs.
    """
    removed = _make_room(connection, owner, len(plans))
    ids = [new_id() for _ in plans]
    for number, (run_id, plan) in enumerate(zip(ids, plans, strict=True)):
        moment = now + number * APART
        values = {"id": run_id, "owner": owner, "created": moment, "queued": moment}
        connection.execute(sql.insert(runs).values(**values, **plan_columns(plan), state="queued"))
    return ids, removed


def _make_room(connection: sql.Connection, owner: str, needed: int) -> list[str]:
    """Evict a visitor's untested runs for new ones; returns their ids."""
    max_runs = settings().max_runs
    own = sql.select(runs).where(runs.c.owner == owner)
    rows = connection.execute(own.order_by(runs.c.created)).all()
    surplus = len(rows) - max_runs + needed
    untested = [r.id for r in rows if r.state not in OPEN and r.test_accuracy is None]
    if needed > max_runs:
        raise ValueError(f"A visitor can have {max_runs} runs; received {needed}. Choose fewer.")
    if surplus > len(untested):
        many = "one" if needed == 1 else f"{surplus - len(untested)}"
        raise ValueError(
            f"You have {len(rows)} of {max_runs} possible runs; "
            f"delete {many} in the table of runs first."
        )
    removed = untested[: max(0, surplus)]
    for run_id in removed:
        remove_row(connection, run_id)
    return removed


def remove_folder(run_id: str) -> None:
    """Delete a run's folder on this machine."""
    shutil.rmtree(settings().runs / run_id, ignore_errors=True)
