"""Brings measurements into the store that it lacks, for example after a worker was killed."""

from collections.abc import Callable
from pathlib import Path

from cnnviz.runs.folder import measurements
from cnnviz.runs.store import Store
from cnnviz.training.measurement import Measurement


def novelty(store: Store, run_id: str) -> Callable[[Measurement], bool]:
    """A predicate for measurements that the store lacks.

    A run that resumes from a checkpoint repeats the steps after it with equal results; the stored
    curve must not go back.

    Raises:
        KeyError: There is no such run.
    """
    last = store.run(run_id).step
    stored = [each for _, each in store.measurements(run_id)]
    known = {tuple(each.scalars) for each in stored if each.step == last}

    def is_new(measurement: Measurement) -> bool:
        return measurement.step > last or (
            measurement.step == last and tuple(measurement.scalars) not in known
        )

    return is_new


def catch_up(store: Store, run_id: str, folder: Path) -> int:
    """Store measurements that only the run's folder on this machine has.

    A killed worker may have written more to its folder than to the store.

    Returns:
        How many measurements were added.

    Raises:
        KeyError: There is no such run.
        OSError: The folder cannot be read.
    """
    newer = list(filter(novelty(store, run_id), measurements(folder)))
    store.add_measurements(run_id, newer)
    return len(newer)
