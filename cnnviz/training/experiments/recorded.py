"""Experiments that were run before: ``recorded/NAME.json``, made by ``experiment --record``.

A class runs an experiment for minutes; beside it stands what the same arms did with a larger
budget, on which machine, with which data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cnnviz
from cnnviz.training.measurement import Measurement
from cnnviz.training.rounding import rounded

# Beside this module in the package; data alone lies there.
FOLDER = Path(cnnviz.__file__).parent / "recorded"
POINTS = 60  # of a curve, besides those with a test


@dataclass(frozen=True)
class RecordedRun:
    """One run of an arm.

    Attributes:
        seed: Of weights, order and augmentation.
        network: As ``cnnviz.architectures.written.read`` takes it.
        message: Why it ended early; empty where it did not.
        value: What the experiment compares, of the whole curve; None where it was not reached.
        curve: Its measurements; in a file some, evenly over the run, and all with a test.
    """

    seed: int
    network: str
    message: str
    value: float | None
    curve: tuple[Measurement, ...]


@dataclass(frozen=True)
class Recorded:
    """An experiment that was run.

    Attributes:
        experiment: Its name.
        data: The title of the data.
        command: What makes it again.
        machine: The device.
        torch: Its version.
        trained: The date, as YYYY-MM-DD.
        note: What must be said of data or budget.
        arms: The runs of each arm, by its title, in the experiment's order.
    """

    experiment: str
    data: str
    command: str
    machine: str
    torch: str
    trained: str
    note: str
    arms: Mapping[str, tuple[RecordedRun, ...]]

    @property
    def steps(self) -> int:
        """Of the longest run; 0 if there is none."""
        return max((run.curve[-1].step for run in self._runs() if run.curve), default=0)

    @property
    def epochs(self) -> float:
        """Of the shortest run that did not end early; 0 if there is none."""
        whole = (run for run in self._runs() if run.curve and not run.message)
        return min((run.curve[-1].epoch for run in whole), default=0.0)

    @property
    def values(self) -> dict[str, list[float | None]]:
        """What the experiment compares, by arm, one for each seed."""
        return {title: [run.value for run in runs] for title, runs in self.arms.items()}

    def _runs(self) -> Iterator[RecordedRun]:
        return (run for runs in self.arms.values() for run in runs)

    @property
    def seeds(self) -> int:
        """How many runs each arm has at least."""
        return min(len(runs) for runs in self.arms.values())

    def to_json(self) -> dict[str, Any]:
        """Everything, with measurements of five digits."""
        arms = {title: [*map(_run_json, runs)] for title, runs in self.arms.items()}
        return {**vars(self), "arms": arms}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Recorded:
        """What ``to_json`` gave."""
        arms = {title: tuple(map(_run, runs)) for title, runs in found["arms"].items()}
        return cls(**{**found, "arms": arms})


def recorded(name: str, folder: Path = FOLDER) -> Recorded | None:
    """The experiment of that name as it was recorded; None where it was not.

    Raises:
        ValueError: Its file is damaged.
    """
    path = folder / f"{name}.json"
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else None


@cache
def _read(path: Path, changed: int) -> Recorded:
    try:
        return Recorded.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is damaged ({error}); install the package again.") from error


def write_recorded(found: Recorded, folder: Path = FOLDER) -> Path:
    """Keep an experiment's runs for ``recorded``; a file of the same experiment is replaced.

    Raises:
        OSError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found.experiment}.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(found.to_json(), separators=(",", ":")) + "\n", encoding="utf-8")
    fresh.replace(path)
    return path


def thinned(told: Sequence[Measurement], points: int = POINTS) -> list[Measurement]:
    """Some measurements, evenly over the run, and all with a test."""
    stride = max(1, len(told) // points)
    return [each for i, each in enumerate(told) if i % stride == 0 or each.test_loss is not None]


def _run_json(run: RecordedRun) -> dict[str, Any]:
    return {**vars(run), "curve": [_point(each) for each in thinned(run.curve)]}


def _point(measurement: Measurement) -> dict[str, Any]:
    gates = {"gates": measurement.gates} if measurement.gates else {}
    numbers = {**measurement.scalars, "seconds": measurement.seconds, **gates}
    return {name: rounded(value) for name, value in numbers.items()}


def _run(found: Mapping[str, Any]) -> RecordedRun:
    return RecordedRun(**{**found, "curve": tuple(map(Measurement.from_json, found["curve"]))})
