"""The queue: starts runs on free devices and detects workers that have died.

Any number of servers on any number of machines may share one store.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sql

from cnnviz.runs import devices
from cnnviz.runs.catching_up import catch_up
from cnnviz.runs.creation import remove_folder
from cnnviz.runs.database import runs
from cnnviz.runs.launch import Launcher
from cnnviz.runs.rows import change_run, remove_row
from cnnviz.runs.run import BEGUN, COMMAND_LINE, DAY
from cnnviz.runs.store import Store
from cnnviz.settings import settings

SILENCE = 15.0  # seconds without a heartbeat after which a worker counts as dead
START = 180.0  # seconds until its first heartbeat: many may load torch at once
TERMINATE, KILL = 5.0, 20.0  # seconds from a stop request until SIGTERM and SIGKILL
LOST = "Its worker ended unexpectedly; the measurements are saved, and it can be resumed."


def dispatch(
    store: Store, launcher: Launcher, slots: Mapping[str, int] | None = None, host: str = ""
) -> list[str]:
    """Update the queue once: detect lost workers, end stopped ones, start waiting runs.

    Args:
        store: The store of runs.
        launcher: Starts workers on this machine.
        slots: How many runs each device takes; default ``devices.slots()``.
        host: Name of this machine; default its host name.

    Returns:
        Ids of the started runs.

    Raises:
        StoreError: The database is not available; the next call catches up.
        ValueError: A limit in the environment is invalid.
    """
    host = host or devices.host()
    slots = devices.slots() if slots is None else slots
    _interrupt(store, launcher.gone())
    _interrupt(store, _silent(store))
    _end_unresponsive(store, launcher, host)
    clean(store)
    started = []
    while (taken := take(store, slots, host)) is not None:
        run_id, device = taken
        if _launched(store, launcher, run_id, device):
            started.append(run_id)
    return started


def take(store: Store, slots: Mapping[str, int], host: str) -> tuple[str, str] | None:
    """Take the next run from the queue; returns its id and device, or None.

    The longest waiting run is first, except for visitors at their limit of simultaneous runs. Only
    one of several servers gets a run.
    """
    waiting = sql.select(runs.c.id, runs.c.owner).where(runs.c.state == "queued")
    with store.database.reading() as connection:
        if connection.execute(waiting.limit(1)).first() is None:
            return None  # without blocking writers
    with store.database.writing(alone=True) as connection:
        begun = connection.execute(sql.select(runs).where(runs.c.state.in_(BEGUN))).all()
        at_work = Counter(row.owner for row in begun)
        device, max_running = _free_device(begun, slots, host), settings().max_running
        for row in connection.execute(waiting.order_by(runs.c.queued, runs.c.id)).all():
            if device is None:
                break
            if at_work[row.owner] < max_running and _assign(
                store, connection, row.id, device, host
            ):
                return row.id, device
    return None


def _free_device(begun: Any, slots: Mapping[str, int], host: str) -> str | None:
    used = Counter(row.device for row in begun if row.host == host)
    return next((name for name, count in slots.items() if used[name] < count), None)


def _assign(store: Store, connection: sql.Connection, run_id: str, device: str, host: str) -> bool:
    """Assign a device to a queued run; returns whether it was still queued."""
    does_wait = (runs.c.id == run_id) & (runs.c.state == "queued")
    values: dict[str, Any] = {"state": "running", "device": device, "host": host, "worker": ""}
    heartbeat = store.database.now(connection)
    return change_run(connection, does_wait, **values, heartbeat=heartbeat) == 1


def _launched(store: Store, launcher: Launcher, run_id: str, device: str) -> bool:
    """Start a worker; returns whether it worked, else the run has a message."""
    try:
        launcher.start(run_id, device)
    except OSError as error:
        message = f"Its worker could not be started ({error.strerror or error}); resume it later."
        _interrupt(store, [run_id], message)
        return False
    return True


def _silent(store: Store) -> list[str]:
    """Runs whose workers have sent no heartbeat for too long."""
    with store.database.reading() as connection:
        now = store.database.now(connection)
        patience = sql.case((runs.c.worker == "", START), else_=SILENCE)
        is_late = runs.c.heartbeat < now - patience
        chosen = sql.select(runs.c.id).where(runs.c.state.in_(BEGUN) & is_late)
        return list(connection.scalars(chosen))


def _interrupt(store: Store, run_ids: list[str], message: str = LOST) -> None:
    """Mark running runs as interrupted; ended runs do not change."""
    for run_id in run_ids:
        with store.database.writing() as connection:
            is_begun = (runs.c.id == run_id) & runs.c.state.in_(BEGUN)
            now = store.database.now(connection)
            outcome: dict[str, Any] = {"state": "interrupted", "message": message, "wish": ""}
            # Without a worker's name, a worker that recovers can no longer change the run.
            is_lost = change_run(connection, is_begun, **outcome, ended=now, worker="")
        if is_lost:
            catch_up(store, run_id, settings().runs / run_id)


def _end_unresponsive(store: Store, launcher: Launcher, host: str) -> None:
    """End workers of this machine that do not respond to a stop request."""
    with store.database.reading() as connection:
        now = store.database.now(connection)
        is_unresponsive = (
            (runs.c.wish == "stop") & (runs.c.wished < now - TERMINATE) & (runs.c.host == host)
        )
        chosen = sql.select(runs).where(runs.c.state.in_(BEGUN) & is_unresponsive)
        rows = connection.execute(chosen).all()
    for row in rows:
        launcher.stop(row.id, row.process, force=row.wished < now - KILL)


def clean(store: Store) -> list[str]:
    """Delete runs that ended too long ago, and their folders, except those of a terminal.

    Returns:
        Ids of the deleted runs.
    """
    with store.database.reading() as connection:
        last = store.database.now(connection) - settings().keep_days * DAY
        is_old = (runs.c.ended < last) & runs.c.state.not_in((*BEGUN, "queued"))
        chosen = sql.select(runs.c.id).where(is_old & (runs.c.owner != COMMAND_LINE))
        old = list(connection.scalars(chosen))
    for run_id in old:
        with store.database.writing() as connection:
            remove_row(connection, run_id)
        remove_folder(run_id)
    return old
