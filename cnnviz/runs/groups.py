"""Runs that belong together: an experiment's arms with their seeds, or any that a visitor chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sql

from cnnviz.runs.creation import insert_runs, new_id, remove_folder, require_allowed
from cnnviz.runs.database import groups as groups_table
from cnnviz.runs.database import members as members_table
from cnnviz.runs.database import runs as runs_table
from cnnviz.runs.limits import limits
from cnnviz.runs.rows import remove_row
from cnnviz.runs.store import Store
from cnnviz.training.plan import Plan

TITLE = 80  # letters, at most
CUT_OFF = ("stopped", "interrupted")  # what ended before its end, and not by a fault of its own
OWN = ""  # the experiment of a group that a visitor put together


@dataclass(frozen=True)
class Member:
    """A run's place in a group.

    Attributes:
        run_id: Of the run.
        arm: Title of the arm that it is of.
        seed: Of its options.
    """

    run_id: str
    arm: str
    seed: int


@dataclass(frozen=True)
class Group:
    """Runs that belong together; those that were deleted are no members any more.

    Attributes:
        id: Short and unguessable; in addresses.
        owner: The visitor whose browser made it.
        experiment: Name of the declared experiment; empty: runs that a visitor chose.
        title: As its maker calls it; of a declared experiment its data, budget and seeds.
        created: Seconds since 1970.
        members: In order; at least one.
    """

    id: str
    owner: str
    experiment: str
    title: str
    created: float
    members: tuple[Member, ...]

    @property
    def run_ids(self) -> tuple[str, ...]:
        """Of its members."""
        return tuple(member.run_id for member in self.members)


def start_group(
    store: Store, experiment: str, title: str, planned: Sequence[tuple[str, Plan]], owner: str
) -> Group:
    """Put the runs of an experiment into the queue as a group, all or none.

    They begin in the order given; how many of a visitor run at once is the queue's matter.

    Args:
        store: Where.
        experiment: Its name.
        title: What tells the group from others of the experiment: its budget.
        planned: The title of the arm and the plan of each run.
        owner: Of group and runs.

    Raises:
        ValueError: There is none, a plan is beyond the limits, or there would be too many runs.
    """
    if not planned:
        raise ValueError("An experiment must have at least one run.")
    plans = [plan for _, plan in planned]
    require_allowed(plans)
    with store.database.writing(alone=True) as connection:
        now = store.database.now(connection)
        ids, removed = insert_runs(connection, plans, owner, now)
        made = [
            Member(run_id, arm, plan.options.seed)
            for run_id, (arm, plan) in zip(ids, planned, strict=True)
        ]
        group_id = _insert(connection, experiment, title, made, owner, now)
    for each in removed:
        remove_folder(each)
    return group(store, group_id)


def save_group(store: Store, title: str, members: Sequence[Member], owner: str) -> Group:
    """Keep runs that are there, of whichever visitor, as a group under a name.

    Raises:
        ValueError: The title is empty or too long, there are not two different runs, or the visitor
            has saved as many groups as runs are kept for a visitor.
        KeyError: A run is not there.
    """
    title = " ".join(title.split())
    if not 1 <= len(title) <= TITLE:
        raise ValueError(f"The name must have 1 to {TITLE} letters; received {len(title)}.")
    wanted = {member.run_id for member in members}
    if len(wanted) < 2 or len(wanted) < len(members):
        raise ValueError("An experiment must have at least two runs, each once.")
    with store.database.writing(alone=True) as connection:
        known = set(
            connection.scalars(sql.select(runs_table.c.id).where(runs_table.c.id.in_(wanted)))
        )
        if missing := sorted(wanted - known):
            raise KeyError(f"There is no run {missing[0]}; it may have been deleted.")
        _require_room(connection, owner)
        now = store.database.now(connection)
        group_id = _insert(connection, OWN, title, members, owner, now)
    return group(store, group_id)


def _require_room(connection: sql.Connection, owner: str) -> None:
    is_saved = (groups_table.c.owner == owner) & (groups_table.c.experiment == OWN)
    count = sql.select(sql.func.count()).select_from(groups_table).where(is_saved)
    most = limits().runs
    if (connection.scalar(count) or 0) >= most:
        raise ValueError(f"{most} experiments are kept for a visitor; delete one of yours first.")


def _insert(
    connection: sql.Connection,
    experiment: str,
    title: str,
    made: Sequence[Member],
    owner: str,
    now: float,
) -> str:
    group_id = new_id()
    values = {"experiment": experiment, "title": title, "owner": owner, "created": now}
    connection.execute(sql.insert(groups_table).values(id=group_id, **values))
    rows = [
        {"group_id": group_id, "run": m.run_id, "place": place, "arm": m.arm, "seed": m.seed}
        for place, m in enumerate(made)
    ]
    connection.execute(sql.insert(members_table), rows)
    return group_id


def group(store: Store, group_id: str) -> Group:
    """A group as it is now.

    Raises:
        KeyError: There is none of this id.
    """
    with store.database.reading() as connection:
        return _with_members(connection, [_row(connection, group_id)])[0]


def groups(store: Store, experiment: str, limit: int = 50) -> list[Group]:
    """The groups of an experiment, or with "" those that visitors chose; youngest first."""
    chosen = sql.select(groups_table).where(groups_table.c.experiment == experiment)
    order = (groups_table.c.created.desc(), groups_table.c.id)
    with store.database.reading() as connection:
        rows = connection.execute(chosen.order_by(*order).limit(limit)).all()
        return _with_members(connection, rows)


def _row(connection: sql.Connection, group_id: str) -> Any:
    chosen = sql.select(groups_table).where(groups_table.c.id == group_id)
    row = connection.execute(chosen).one_or_none()
    if row is None:
        raise KeyError(f"There is no group {group_id}; it may have been deleted.")
    return row


def _with_members(connection: sql.Connection, rows: Sequence[Any]) -> list[Group]:
    chosen = sql.select(members_table).where(members_table.c.group_id.in_([r.id for r in rows]))
    found: dict[str, list[Member]] = {row.id: [] for row in rows}
    for each in connection.execute(chosen.order_by(members_table.c.place)).all():
        found[each.group_id].append(Member(each.run, each.arm, each.seed))
    return [
        Group(row.id, row.owner, row.experiment, row.title, row.created, tuple(found[row.id]))
        for row in rows
    ]


def delete_group(store: Store, group_id: str, by: str, token: str | None = None) -> None:
    """Forget a group; the runs of a declared experiment go with it, those that were chosen stay.

    Runs of the group that are another visitor's stay as well.

    Raises:
        KeyError: There is no such group.
        RunError: It is not the visitor's.
    """
    with store.database.writing(alone=True) as connection:
        row = _row(connection, group_id)
        store.require_right(row, by, token)
        (found,) = _with_members(connection, [row])
        own = sql.select(runs_table.c.id).where(runs_table.c.owner == row.owner)
        started = own.where(runs_table.c.id.in_(found.run_ids))
        removed = list(connection.scalars(started)) if row.experiment != OWN else []
        connection.execute(sql.delete(members_table).where(members_table.c.group_id == group_id))
        connection.execute(sql.delete(groups_table).where(groups_table.c.id == group_id))
        for run_id in removed:
            remove_row(connection, run_id)
    for run_id in removed:
        remove_folder(run_id)


def stop_group(store: Store, group_id: str, by: str, token: str | None = None) -> None:
    """Stop a group's runs: those that wait at once, those at work within a second.

    Raises:
        KeyError: There is no such group.
        RunError: A run is not the visitor's.
    """
    # Those that wait go first, or else one of them begins when the one at work has ended.
    for run_id in reversed(group(store, group_id).run_ids):
        if store.run(run_id).is_open:
            store.ask(run_id, "stop", by, token)


def resume_group(store: Store, group_id: str, by: str, token: str | None = None) -> None:
    """Put a group's runs that were stopped or interrupted at the end of the queue, in order.

    Raises:
        KeyError: There is no such group.
        RunError: A run is not the visitor's.
    """
    for run_id in group(store, group_id).run_ids:
        if store.run(run_id).state in CUT_OFF:
            store.resume(run_id, by, token)
