"""Recorded experiments: ``recorded/NAME.json``, written by ``experiment --record``.

A class runs an experiment for minutes; the recorded results show the same arms with a larger
budget.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cnnviz
from cnnviz.files import write_whole
from cnnviz.training.measurement import Measurement, rounded

# A folder of the package that contains only data.
FOLDER = Path(cnnviz.__file__).parent / "recorded"
POINTS = 60  # points of a curve, besides those with a test


@dataclass(frozen=True)
class RecordedRun:
    """One run of an arm.

    Attributes:
        seed: Seed of weights, order and augmentation.
        network: Text for ``cnnviz.architectures.written.read``.
        message: Why the run ended early, or empty.
        value: The compared quantity of the whole curve; None if not reached.
        curve: Measurements; files store evenly spaced ones and all with a test.
    """

    seed: int
    network: str
    message: str
    value: float | None
    curve: tuple[Measurement, ...]


@dataclass(frozen=True)
class Recorded:
    """The results of an experiment.

    Attributes:
        experiment: Name of the experiment.
        data: Title of the data.
        command: Terminal command that repeats it.
        machine: Name of the device.
        torch: Version of torch.
        trained: Date as YYYY-MM-DD.
        note: A remark on data or budget.
        arms: Runs by title of the arm, in the experiment's order.
        train_images: How many images each network was trained on; 0: not told.
    """

    experiment: str
    data: str
    command: str
    machine: str
    torch: str
    trained: str
    note: str
    arms: Mapping[str, tuple[RecordedRun, ...]]
    train_images: int = 0

    @property
    def steps(self) -> int:
        """Steps of the longest run; 0 if there is none."""
        return max((run.curve[-1].step for run in self._runs() if run.curve), default=0)

    @property
    def epochs(self) -> float:
        """Epochs of the shortest complete run; 0 if there is none."""
        whole = (run for run in self._runs() if run.curve and not run.message)
        return min((run.curve[-1].epoch for run in whole), default=0.0)

    @property
    def values(self) -> dict[str, list[float | None]]:
        """Values of the compared quantity by arm, one per seed."""
        return {title: [run.value for run in runs] for title, runs in self.arms.items()}

    def _runs(self) -> Iterator[RecordedRun]:
        return (run for runs in self.arms.values() for run in runs)

    @property
    def seeds(self) -> int:
        """Smallest number of runs of an arm."""
        return min(len(runs) for runs in self.arms.values())

    def to_json(self) -> dict[str, Any]:
        """The results as JSON, with measurements rounded to five digits."""
        arms = {title: [*map(_run_json, runs)] for title, runs in self.arms.items()}
        return {**vars(self), "arms": arms}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Recorded:
        """Read results from the JSON of ``to_json``."""
        arms = {title: tuple(map(_run, runs)) for title, runs in content["arms"].items()}
        return cls(**{**content, "arms": arms})


def recorded(name: str, folder: Path = FOLDER) -> Recorded | None:
    """Read the recorded results of an experiment, if any.

    Raises:
        ValueError: The file is damaged.
    """
    path = folder / f"{name}.json"
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else None


@cache
def _read(path: Path, changed: int) -> Recorded:
    try:
        return Recorded.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is damaged ({error}); install the package again.") from error


def write_recorded(results: Recorded, folder: Path = FOLDER) -> Path:
    """Write results for ``recorded``; replaces the experiment's file.

    Raises:
        OSError: The file cannot be written.
    """
    path = folder / f"{results.experiment}.json"
    write_whole(path, json.dumps(results.to_json(), separators=(",", ":")))
    return path


def thinned(measurements: Sequence[Measurement], points: int = POINTS) -> list[Measurement]:
    """Evenly spaced measurements, and all with a test."""
    stride = max(1, len(measurements) // points)
    return [m for i, m in enumerate(measurements) if i % stride == 0 or m.test_loss is not None]


def _run_json(run: RecordedRun) -> dict[str, Any]:
    return {**vars(run), "curve": [_point(each) for each in thinned(run.curve)]}


def _point(measurement: Measurement) -> dict[str, Any]:
    gates = {"gates": measurement.gates} if measurement.gates else {}
    numbers = {**measurement.scalars, "seconds": measurement.seconds, **gates}
    return {name: rounded(value) for name, value in numbers.items()}


def _run(content: Mapping[str, Any]) -> RecordedRun:
    return RecordedRun(**{**content, "curve": tuple(map(Measurement.from_json, content["curve"]))})
