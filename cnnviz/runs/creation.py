"""New runs in the store: within the limits, as many as a visitor may keep, in their order."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence

import sqlalchemy as sql

from cnnviz.runs.database import runs
from cnnviz.runs.limits import limits
from cnnviz.runs.rows import plan_columns, remove_row
from cnnviz.runs.run import OPEN, runs_folder
from cnnviz.training.plan import Plan

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
LENGTH = 10  # of an id: 8e14 of them
APART = 1e-5  # seconds between runs that are made at once, so that they keep their order


def new_id() -> str:
    """Short and unguessable."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def require_allowed(plans: Sequence[Plan]) -> None:
    """Accept plans within this server's limits.

    Raises:
        ValueError: One is beyond them.
    """
    allowed = limits()
    for options in (plan.options for plan in plans):
        if options.seconds > allowed.seconds:
            raise ValueError(
                f"A run may train for {allowed.seconds} s here, and this one would for "
                f"{options.seconds} s; choose fewer seconds."
            )
        if options.epochs > allowed.epochs:
            raise ValueError(
                f"A run may train for {allowed.epochs} epochs here, and this one would for "
                f"{options.epochs}; choose fewer epochs."
            )


def insert_runs(
    connection: sql.Connection, plans: Sequence[Plan], owner: str, now: float
) -> tuple[list[str], list[str]]:
    """Put runs into the queue, all or none.

    Args:
        connection: In a transaction that writes alone.
        plans: Within the limits, in the order in which they are to begin.
        owner: Of the runs.
        now: By the database's clock.

    Returns:
        Their ids, and those of the owner's untested runs that had to go for them: their folders
        are to be removed when the transaction is through.

    Raises:
        ValueError: The owner would have too many runs.
    """
    removed = _make_room(connection, owner, len(plans))
    ids = [new_id() for _ in plans]
    for number, (run_id, plan) in enumerate(zip(ids, plans, strict=True)):
        moment = now + number * APART
        values = {"id": run_id, "owner": owner, "created": moment, "queued": moment}
        connection.execute(sql.insert(runs).values(**values, **plan_columns(plan), state="queued"))
    return ids, removed


def _make_room(connection: sql.Connection, owner: str, needed: int) -> list[str]:
    """The runs of a visitor that had to go for new ones."""
    most = limits().runs
    own = sql.select(runs).where(runs.c.owner == owner)
    rows = connection.execute(own.order_by(runs.c.created)).all()
    surplus = len(rows) - most + needed
    poor = [r.id for r in rows if r.state not in OPEN and r.test_accuracy is None]
    if needed > most:
        raise ValueError(
            f"These are {needed} runs, and {most} are kept for a visitor; choose fewer."
        )
    if surplus > len(poor):
        many = "one" if needed == 1 else f"{surplus - len(poor)}"
        raise ValueError(
            f"You have {len(rows)} runs, and {most} are kept for a visitor; "
            f"delete {many} in the table of runs first."
        )
    removed = poor[: max(0, surplus)]
    for run_id in removed:
        remove_row(connection, run_id)
    return removed


def remove_folder(run_id: str) -> None:
    """Remove what a run has kept on this machine."""
    shutil.rmtree(runs_folder() / run_id, ignore_errors=True)
