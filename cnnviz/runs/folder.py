"""Reads and writes the folder of a run; needs no database.

run.json             the plan, the data's facts, the device, how it ended
measurements.jsonl   one measurement a line
last.safetensors, last.json, best.safetensors, best.json    (cnnviz.training.checkpoints)
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cnnviz.files import write_whole
from cnnviz.training.measurement import Measurement
from cnnviz.training.plan import Plan

RECORD = "run.json"
MEASUREMENTS = "measurements.jsonl"


class RunError(ValueError):
    """A problem with a run; the message is one sentence with advice."""


def read_record(folder: Path) -> dict[str, Any]:
    """Read ``run.json``.

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
    """Write ``run.json`` atomically.

    Raises:
        OSError: It cannot be written.
    """
    write_whole(folder / RECORD, json.dumps(record, indent=2))


def measurements(folder: Path) -> Iterator[Measurement]:
    """Read the measurements in order; an incomplete last line is ignored."""
    return _measured(folder / MEASUREMENTS)


def _measured(file: Path, naming: str = "") -> Iterator[Measurement]:
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        if naming not in line:
            continue
        try:
            yield Measurement.from_json(json.loads(line))
        except json.JSONDecodeError:  # the last line was cut off
            return


def reuse_measurements(file: Path, limit: int) -> list[Measurement]:
    """Read the measurements that include feature reuse.

    Args:
        file: Measurements, one per line; a missing file has none.
        limit: Most measurements, evenly spaced from the first to the last.
    """
    measured = list(_measured(file, '"reuse"'))
    last = len(measured) - 1
    if last < limit:
        return measured
    return [measured[round(place * last / (limit - 1))] for place in range(limit)]
