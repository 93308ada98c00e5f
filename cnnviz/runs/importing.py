"""Imports a run folder from another machine into the store."""

import hashlib
import json
import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from cnnviz.runs.catching_up import catch_up
from cnnviz.runs.database import runs
from cnnviz.runs.folder import MEASUREMENTS, RECORD, RunError, read_record
from cnnviz.runs.rows import change_run, plan_columns
from cnnviz.runs.run import COMMAND_LINE, OPEN, Run
from cnnviz.runs.store import Store
from cnnviz.settings import settings
from cnnviz.training.checkpoints import (
    BEST,
    LAST,
    has_checkpoint,
    resumed_step,
    trained_network,
)
from cnnviz.training.measurement import Measurement
from cnnviz.training.plan import Plan

FILES = (RECORD, MEASUREMENTS, "last.safetensors", "last.json", "best.safetensors", "best.json")
# State in the store for each state in a folder; a running one has no worker here.
STATES = {
    **{"finished": "finished", "stopped": "stopped", "failed": "failed"},
    **{"interrupted": "interrupted", "running": "interrupted"},
}
CUT = "It was copied or interrupted while running; it can be resumed."


@dataclass(frozen=True)
class Imported:
    """The result of an import.

    Attributes:
        run: The run in the store.
        is_new: Whether the store did not have it.
        added: How many measurements were added.
    """

    run: Run
    is_new: bool
    added: int


def import_folder(store: Store, folder: Path, owner: str = COMMAND_LINE) -> Imported:
    """Import a run folder's record, measurements and checkpoints.

    A run that the store already has is updated. The id depends on the plan and the start time.

    Raises:
        RunError: The folder holds no run, or a damaged one.
        ValueError: The checkpoint is damaged.
        OSError: The folder cannot be read or copied; nothing was imported.
    """
    record = read_record(folder)
    state = _checked_state(record)
    _require_measurements(folder)
    _require_checkpoint(folder, Plan.from_json(record["plan"]), state)
    run_id = _id(store, folder, record)
    target = settings().runs / run_id
    if folder.resolve() != target.resolve():
        _copy(folder, target)
    is_new = _put(store, run_id, record, state, owner)
    added = catch_up(store, run_id, target)
    return Imported(store.run(run_id), is_new, added)


def _checked_state(record: Mapping[str, Any]) -> str:
    state, started, ended = (record.get(name) for name in ("state", "started", "ended"))
    times = [time for time in (started, ended) if time is not None]
    if state not in STATES or not all(_is_number(time) for time in times) or started is None:
        raise RunError(f"{RECORD} is damaged: it lacks the start time or the final state.")
    return STATES[state]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _require_measurements(folder: Path) -> None:
    """Check the measurements file; its last line may be incomplete.

    Raises:
        RunError: The file is missing or damaged.
    """
    path = folder / MEASUREMENTS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise RunError(f"{path} is missing or damaged; copy the whole folder again.") from error
    step = 0
    for number, line in enumerate(lines, 1):
        try:
            measurement = Measurement.from_json(json.loads(line))
            is_good = all(
                map(_is_number, (measurement.step, measurement.epoch, measurement.seconds))
            )
        except (json.JSONDecodeError, TypeError, AttributeError):
            is_good = number == len(lines)
            measurement = None
        if not is_good or (measurement is not None and measurement.step < step):
            raise RunError(f"{path} is damaged in line {number}; copy the whole folder again.")
        step = measurement.step if measurement else step


def _require_checkpoint(folder: Path, plan: Plan, state: str) -> None:
    """Check that checkpoints are readable and match the plan's network.

    Raises:
        RunError: A finished run has none, or one of another network.
        ValueError: One is damaged.
    """
    if not any(has_checkpoint(folder, name) for name in (BEST, LAST)):
        if state == "finished":
            raise RunError(f"{folder} has no checkpoint; copy the whole folder.")
        return
    resumed_step(folder)
    variant = trained_network(folder).spec.variant
    if variant != plan.network.spec.variant:
        raise RunError(
            f"{folder} holds a checkpoint of {variant}, but its record is of "
            f"{plan.network.spec.variant}; copy the whole folder again."
        )


def _id(store: Store, folder: Path, record: Mapping[str, Any]) -> str:
    """The id of a folder's run: the folder's name if this store has it, else a hash."""
    if folder.resolve().parent == settings().runs.resolve():
        with store.database.reading() as connection:
            own = sql.select(runs.c.id).where(runs.c.id == folder.resolve().name)
            if connection.scalar(own):
                return folder.resolve().name
    facts = json.dumps([record["plan"], record["started"]], sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def _copy(folder: Path, target: Path) -> None:
    """Copy a run's files, all or none."""
    fresh = target.with_name(f".{target.name}.importing")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        for name in FILES:
            if (folder / name).is_file():
                shutil.copyfile(folder / name, fresh / name)
        target.mkdir(exist_ok=True)
        for path in fresh.iterdir():
            path.replace(target / path.name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _put(store: Store, run_id: str, record: Mapping[str, Any], state: str, owner: str) -> bool:
    """Store a run as its record describes it; returns whether it is new.

    Raises:
        RunError: The run is queued or running here.
    """
    message = CUT if record["state"] == "running" else record.get("message") or ""
    outcome: dict[str, Any] = {"state": state, "message": message, "ended": record.get("ended")}
    outcome |= {"share": 1.0} if state == "finished" else {}
    with store.database.writing(alone=True) as connection:
        known = connection.scalar(sql.select(runs.c.state).where(runs.c.id == run_id))
        if known in OPEN:
            raise RunError(f"The run {run_id} is {known} in the store; stop it first.")
        if known is None:
            now = store.database.now(connection)
            values = {"id": run_id, "owner": owner, "created": now, "queued": now, **outcome}
            values |= {"started": record["started"], "device": str(record.get("machine", ""))}
            values |= plan_columns(Plan.from_json(record["plan"]))
            connection.execute(sql.insert(runs).values(**values))
        else:
            change_run(connection, runs.c.id == run_id, **outcome)
    return known is None
