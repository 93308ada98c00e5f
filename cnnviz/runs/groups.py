"""Groups of runs: the arms and seeds of an experiment, or runs that a visitor chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sql

from cnnviz.runs.creation import insert_runs, new_id, remove_folder, require_allowed
from cnnviz.runs.database import groups as groups_table
from cnnviz.runs.database import members as members_table
from cnnviz.runs.database import runs as runs_table
from cnnviz.runs.rows import remove_row
from cnnviz.runs.store import Store
from cnnviz.settings import settings
from cnnviz.training.plan import Plan

MAX_TITLE = 80  # characters
CUT_OFF = ("stopped", "interrupted")  # states of runs that ended early without an error
OWN = ""  # the experiment of a group that a visitor put together


@dataclass(frozen=True)
class Member:
    """A run in a group.

    Attributes:
        run_id: Id of the run.
        arm: Title of its arm.
        seed: Its seed.
    """

    run_id: str
    arm: str
    seed: int


@dataclass(frozen=True)
class Group:
    """A group of runs, without those that were deleted.

    Attributes:
        id: Short and unguessable; part of URLs.
        owner: The visitor whose browser created it.
        experiment: Name of the declared experiment; empty for runs that a visitor chose.
        title: Given by its owner; for a declared experiment data, budget and seeds.
        created: Unix time in seconds.
        members: At least one run, in order.
    """

    id: str
    owner: str
    experiment: str
    title: str
    created: float
    members: tuple[Member, ...]

    @property
    def run_ids(self) -> tuple[str, ...]:
        """Ids of its runs."""
        return tuple(member.run_id for member in self.members)


def start_group(
    store: Store, experiment: str, title: str, planned: Sequence[tuple[str, Plan]], owner: str
) -> Group:
    """Add the runs of an experiment to the queue as a group, all or none.

    They start in the given order, at most as many at once as the limits permit.

    Args:
        store: The store of runs.
        experiment: Name of the experiment.
        title: Distinguishes groups of one experiment: data and budget.
        planned: Title of the arm and plan of each run.
        owner: Owner of the group and its runs.

    Raises:
        ValueError: There is no run, a plan exceeds the limits, or there are too many runs.
    """
    if not planned:
        raise ValueError("An experiment must have at least one run.")
    plans = [plan for _, plan in planned]
    require_allowed(plans)
    with store.database.writing(alone=True) as connection:
        now = store.database.now(connection)
        ids, removed = insert_runs(connection, plans, owner, now)
        members = (
            Member(run_id, arm, plan.options.seed)
            for run_id, (arm, plan) in zip(ids, planned, strict=True)
        )
        made = Group(new_id(), owner, experiment, title, now, tuple(members))
        _insert(connection, made)
    for each in removed:
        remove_folder(each)
    return made


def save_group(store: Store, title: str, members: Sequence[Member], owner: str) -> Group:
    """Save existing runs of any visitors as a named group.

    Raises:
        ValueError: The title is empty or too long, there are fewer than two different runs, or the
            visitor has reached the limit of saved groups.
        KeyError: A run does not exist.
    """
    title = " ".join(title.split())
    if not 1 <= len(title) <= MAX_TITLE:
        raise ValueError(f"The name must have 1 to {MAX_TITLE} characters; received {len(title)}.")
    wanted = {member.run_id for member in members}
    if len(wanted) < 2 or len(wanted) < len(members):
        raise ValueError("An experiment must have at least two runs, each once.")
    with store.database.writing(alone=True) as connection:
        known = connection.scalars(sql.select(runs_table.c.id).where(runs_table.c.id.in_(wanted)))
        if missing := sorted(wanted - set(known)):
            raise KeyError(f"There is no run {missing[0]}; it may have been deleted.")
        _require_room(connection, owner)
        now = store.database.now(connection)
        made = Group(new_id(), owner, OWN, title, now, tuple(members))
        _insert(connection, made)
    return made


def _require_room(connection: sql.Connection, owner: str) -> None:
    is_saved = (groups_table.c.owner == owner) & (groups_table.c.experiment == OWN)
    count = sql.select(sql.func.count()).select_from(groups_table).where(is_saved)
    max_groups = settings().max_runs
    if (connection.scalar(count) or 0) >= max_groups:
        raise ValueError(
            f"You have {max_groups} of {max_groups} possible experiments; delete one first."
        )


def _insert(connection: sql.Connection, made: Group) -> None:
    values = {name: value for name, value in vars(made).items() if name != "members"}
    connection.execute(sql.insert(groups_table).values(values))
    rows = [
        {"group_id": made.id, "run": m.run_id, "place": place, "arm": m.arm, "seed": m.seed}
        for place, m in enumerate(made.members)
    ]
    connection.execute(sql.insert(members_table), rows)


def group(store: Store, group_id: str) -> Group:
    """Read a group.

    Raises:
        KeyError: There is no such group.
    """
    with store.database.reading() as connection:
        return _with_members(connection, [_row(connection, group_id)])[0]


def groups(store: Store, experiment: str, limit: int = 50) -> list[Group]:
    """The groups of an experiment ("" for saved groups), newest first."""
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
    members_by_group: dict[str, list[Member]] = {row.id: [] for row in rows}
    for each in connection.execute(chosen.order_by(members_table.c.place)).all():
        members_by_group[each.group_id].append(Member(each.run, each.arm, each.seed))
    return [Group(**row._mapping, members=tuple(members_by_group[row.id])) for row in rows]


def delete_group(store: Store, group_id: str, by: str, token: str | None = None) -> None:
    """Delete a group, and for a declared experiment its owner's runs as well.

    The runs of a saved group and other visitors' runs remain.

    Raises:
        KeyError: There is no such group.
        RunError: It is another visitor's.
    """
    with store.database.writing(alone=True) as connection:
        row = _row(connection, group_id)
        store.require_right(row, by, token)
        (deleted,) = _with_members(connection, [row])
        own = sql.select(runs_table.c.id).where(runs_table.c.owner == row.owner)
        started = own.where(runs_table.c.id.in_(deleted.run_ids))
        removed = list(connection.scalars(started)) if row.experiment != OWN else []
        connection.execute(sql.delete(members_table).where(members_table.c.group_id == group_id))
        connection.execute(sql.delete(groups_table).where(groups_table.c.id == group_id))
        for run_id in removed:
            remove_row(connection, run_id)
    for run_id in removed:
        remove_folder(run_id)


def stop_group(store: Store, group_id: str, by: str, token: str | None = None) -> None:
    """Stop a group's runs: queued ones at once, running ones within a second.

    Raises:
        KeyError: There is no such group.
        RunError: A run is another visitor's.
    """
    # Queued runs first, or else one starts when the running one has ended.
    for run_id in reversed(group(store, group_id).run_ids):
        if store.run(run_id).is_open:
            store.request(run_id, "stop", by, token)


def resume_group(store: Store, group_id: str, by: str, token: str | None = None) -> None:
    """Append a group's stopped and interrupted runs to the queue, in order.

    Raises:
        KeyError: There is no such group.
        RunError: A run is another visitor's.
    """
    for run_id in group(store, group_id).run_ids:
        if store.run(run_id).state in CUT_OFF:
            store.resume(run_id, by, token)
