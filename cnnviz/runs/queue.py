"""The queue: which run begins next and where, and which have ended without saying so.

Any number of servers, on any number of machines, may look at one store at once.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sql

from cnnviz.runs import devices
from cnnviz.runs.catching_up import catch_up
from cnnviz.runs.database import runs
from cnnviz.runs.launch import Launcher
from cnnviz.runs.limits import COMMAND_LINE, DAY, limits
from cnnviz.runs.rows import change_run, remove_row
from cnnviz.runs.run import BEGUN, runs_folder
from cnnviz.runs.store import Store

SILENCE = 15.0  # seconds without a heartbeat after which a worker is taken for dead,
START = 180.0  # and that one may take until its first: many may load torch at once
ASK, INSIST = 5.0, 20.0  # seconds after the wish to stop until SIGTERM and SIGKILL
LOST = "Its worker ended without a word; what was measured is kept, and it can be resumed."


def dispatch(
    store: Store, launcher: Launcher, slots: Mapping[str, int] | None = None, host: str = ""
) -> list[str]:
    """Look after the queue once: find what is lost, end what was told to, start what may begin.

    Args:
        store: The runs.
        launcher: Of this machine.
        slots: How many runs each of its devices takes; default ``devices.slots()``.
        host: Its name; default its own.

    Returns:
        The runs that were started.

    Raises:
        StoreError: The database cannot be used; the next look makes up for it.
        ValueError: A limit in the environment is written wrongly.
    """
    host = host or devices.host()
    slots = devices.slots() if slots is None else slots
    _interrupt(store, launcher.gone())
    _interrupt(store, _silent(store))
    _end_the_deaf(store, launcher, host)
    clean(store)
    started = []
    while (taken := take(store, slots, host)) is not None:
        run_id, device = taken
        if _launched(store, launcher, run_id, device):
            started.append(run_id)
    return started


def take(store: Store, slots: Mapping[str, int], host: str) -> tuple[str, str] | None:
    """The run that may begin now and its device, taken from the queue; None where none may.

    The one that has waited longest goes first. A visitor's next one waits until the last has ended,
    and lets others go ahead. Of several servers exactly one gets a run.
    """
    waiting = sql.select(runs.c.id, runs.c.owner).where(runs.c.state == "queued")
    with store.database.reading() as connection:
        if connection.execute(waiting.limit(1)).first() is None:
            return None  # without disturbing those who write
    with store.database.writing(alone=True) as connection:
        begun = connection.execute(sql.select(runs).where(runs.c.state.in_(BEGUN))).all()
        at_work = Counter(row.owner for row in begun)
        device, most = _free_device(begun, slots, host), limits().running
        for row in connection.execute(waiting.order_by(runs.c.queued, runs.c.id)).all():
            if device is None:
                break
            if at_work[row.owner] < most and _assign(store, connection, row.id, device, host):
                return row.id, device
    return None


def _free_device(begun: Any, slots: Mapping[str, int], host: str) -> str | None:
    used = Counter(row.device for row in begun if row.host == host)
    return next((name for name, count in slots.items() if used[name] < count), None)


def _assign(store: Store, connection: sql.Connection, run_id: str, device: str, host: str) -> bool:
    """Whether the run still waited, and has a device now."""
    values: dict[str, Any] = {"state": "running", "device": device, "host": host, "worker": ""}
    does_wait = (runs.c.id == run_id) & (runs.c.state == "queued")
    heartbeat = store.database.now(connection)
    return change_run(connection, does_wait, **values, heartbeat=heartbeat) == 1


def _launched(store: Store, launcher: Launcher, run_id: str, device: str) -> bool:
    """Whether a worker was started; where not, the run says why."""
    try:
        launcher.start(run_id, device)
    except OSError as error:
        message = f"Its worker could not be started ({error.strerror or error}); resume it later."
        _interrupt(store, [run_id], message)
        return False
    return True


def _silent(store: Store) -> list[str]:
    """The runs at work that have shown no life for too long."""
    with store.database.reading() as connection:
        now = store.database.now(connection)
        patience = sql.case((runs.c.worker == "", START), else_=SILENCE)
        is_late = runs.c.heartbeat < now - patience
        chosen = sql.select(runs.c.id).where(runs.c.state.in_(BEGUN) & is_late)
        return list(connection.scalars(chosen))


def _interrupt(store: Store, run_ids: list[str], message: str = LOST) -> None:
    """Declare runs at work interrupted; those that have ended properly stay as they are."""
    for run_id in run_ids:
        with store.database.writing() as connection:
            is_begun = (runs.c.id == run_id) & runs.c.state.in_(BEGUN)
            now = store.database.now(connection)
            # Without a worker's name, what a worker that comes back to life says is not heard.
            values: dict[str, Any] = {
                "state": "interrupted",
                "message": message,
                "ended": now,
                "worker": "",
            }
            is_lost = change_run(connection, is_begun, **values, wish="")
        if is_lost:
            catch_up(store, run_id, runs_folder() / run_id)


def _end_the_deaf(store: Store, launcher: Launcher, host: str) -> None:
    """End the workers of this machine that do not see that they were told to stop."""
    with store.database.reading() as connection:
        now = store.database.now(connection)
        is_deaf = (runs.c.wish == "stop") & (runs.c.wished < now - ASK) & (runs.c.host == host)
        chosen = sql.select(runs).where(runs.c.state.in_(BEGUN) & is_deaf)
        rows = connection.execute(chosen).all()
    for row in rows:
        launcher.stop(row.id, row.process, force=row.wished < now - INSIST)


def clean(store: Store) -> list[str]:
    """Remove the runs that ended too long ago, and their folders; those of a terminal stay.

    Returns:
        The runs that were removed.
    """
    with store.database.reading() as connection:
        last = store.database.now(connection) - limits().days * DAY
        is_old = (runs.c.ended < last) & runs.c.state.not_in((*BEGUN, "queued"))
        chosen = sql.select(runs.c.id).where(is_old & (runs.c.owner != COMMAND_LINE))
        old = list(connection.scalars(chosen))
    for run_id in old:
        with store.database.writing() as connection:
            remove_row(connection, run_id)
        shutil.rmtree(runs_folder() / run_id, ignore_errors=True)
    return old
