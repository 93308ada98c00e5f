"""Trains a plan and records the run in a folder."""

import json
import platform
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import torch

from cnnviz.machine import processor_name
from cnnviz.progress import Progress, ignore_progress
from cnnviz.runs.folder import (
    MEASUREMENTS,
    RECORD,
    RunError,
    measurements,
    read_record,
    write_record,
)
from cnnviz.training.checkpoints import LAST, has_checkpoint, resumed_step
from cnnviz.training.loop.engine import default_device
from cnnviz.training.measurement import Measurement, Steering
from cnnviz.training.plan import Plan
from cnnviz.training.running import run_plan


def recorded(
    plan: Plan,
    folder: Path,
    steering: Steering | None = None,
    device: str | None = None,
    progress: Progress = ignore_progress,
) -> Generator[Measurement]:
    """Train a plan; yields measurements and writes them, a record and checkpoints to a folder.

    A run that the folder already holds is resumed: steps after its last checkpoint are repeated,
    with equal results.

    Args:
        plan: Network, data and options.
        folder: Created if missing.
        steering: Changes the run while it trains.
        device: Default the first CUDA device, else the CPU.
        progress: Of loading the data.

    Raises:
        RunError: The folder holds a run with another plan.
        ValueError: As ``run_plan``.
        OSError: The folder cannot be written.
    """
    steering = steering or Steering()
    record = _begun(plan, folder)
    run = run_plan(plan, folder, steering, device, progress)
    try:
        with _reopened(folder) as file:
            for measurement in run:
                file.write(json.dumps(measurement.to_json()) + "\n")
                file.flush()
                yield measurement
    except BaseException as error:
        state = "failed" if isinstance(error, ValueError) else "interrupted"
        write_record(folder, {**record, **_end(state, str(error))})
        raise
    finally:
        run.close()
    write_record(folder, {**record, **_end("stopped" if steering.stop else "finished")})


def _begun(plan: Plan, folder: Path) -> dict[str, Any]:
    """Write and return the record of a run that starts or resumes."""
    record: dict[str, Any] = {}
    if (folder / RECORD).exists():
        record = read_record(folder)
        if Plan.from_json(record["plan"]) != plan:
            raise RunError(f"{folder} holds another run; choose another folder.")
    record = {
        "started": time.time(),
        **record,
        "plan": plan.to_json(),
        "machine": _machine(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "state": "running",
        "message": "",
        "ended": None,
    }
    write_record(folder, record)
    return record


def _machine() -> str:
    """Name of the GPU, else of the CPU."""
    return torch.cuda.get_device_name() if default_device() == "cuda" else processor_name()


def _end(state: str, message: str = "") -> dict[str, Any]:
    return {"state": state, "message": message, "ended": time.time()}


def _reopened(folder: Path) -> Any:
    """The measurements file, open for appending, without steps that will be repeated."""
    # Without a checkpoint the run starts again, with its measurement before the first step.
    last = resumed_step(folder) if has_checkpoint(folder, LAST) else -1
    valid = [each for each in measurements(folder) if each.step <= last]
    file = (folder / MEASUREMENTS).open("w", encoding="utf-8")
    file.writelines(json.dumps(each.to_json()) + "\n" for each in valid)
    file.flush()
    return file
