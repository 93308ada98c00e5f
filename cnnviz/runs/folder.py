"""A run as a folder: what it was to do, what was measured, and its checkpoints; needs no database.

run.json             the plan, the data's facts, the device, how it ended
measurements.jsonl   one measurement a line
last.safetensors, last.json, best.safetensors, best.json    (cnnviz.training.checkpoints)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cnnviz.training.measurement import Measurement
from cnnviz.training.plan import Plan

RECORD = "run.json"
MEASUREMENTS = "measurements.jsonl"


class RunError(ValueError):
    """One sentence: what is wrong with a run, and what to do about it."""


def read_record(folder: Path) -> dict[str, Any]:
    """What ``run.json`` says.

    Raises:
        RunError: The folder holds no run, or a damaged one.
    """
    try:
        record: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        Plan.from_json(record["plan"])
    except FileNotFoundError:
        raise RunError(f"There is no run in {folder}; give a folder with a {RECORD}.") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RunError(f"{folder / RECORD} is damaged ({error}).") from error
    return record


def write_record(folder: Path, record: Mapping[str, Any]) -> None:
    """Put ``run.json`` into a folder, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{RECORD}.new"
    fresh.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    fresh.replace(folder / RECORD)


def measurements(folder: Path) -> Iterator[Measurement]:
    """What was measured, in order; a last line that was cut off is left out."""
    return _measured(folder / MEASUREMENTS)


def _measured(file: Path, naming: str = "") -> Iterator[Measurement]:
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        if naming not in line:
            continue
        try:
            yield Measurement.from_json(json.loads(line))
        except json.JSONDecodeError:  # the machine went out while it was written
            return


def reuse_measurements(file: Path, most: int) -> list[Measurement]:
    """Those of a file in which feature reuse was measured.

    Args:
        file: Of measurements, one a line; one that is not there has none.
        most: So many at most, evenly, the first and the last among them.
    """
    told = list(_measured(file, '"reuse"'))
    last = len(told) - 1
    if last < most:
        return told
    return [told[round(place * last / (most - 1))] for place in range(most)]
