"""What is new to the store: of a run's folder, and of a run that goes on from a checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cnnviz.runs.folder import measurements
from cnnviz.runs.store import Store
from cnnviz.training.measurement import Measurement


def novelty(store: Store, run_id: str) -> Callable[[Measurement], bool]:
    """Whether a measurement is not in the store yet.

    A run that goes on from a checkpoint measures again what came after it, and gets the same: a
    curve that someone looks at must not go back.

    Raises:
        KeyError: There is no such run.
    """
    last = store.run(run_id).step
    stored = [each for _, each in store.measurements(run_id)]
    known = {tuple(each.scalars) for each in stored if each.step == last}

    def is_new(found: Measurement) -> bool:
        return found.step > last or (found.step == last and tuple(found.scalars) not in known)

    return is_new


def catch_up(store: Store, run_id: str, folder: Path) -> int:
    """Keep what a run's folder, where it is on this machine, tells and the store does not yet.

    A worker that is killed has written more into its folder than into the store.

    Returns:
        How many measurements that were.

    Raises:
        KeyError: There is no such run.
        OSError: The folder cannot be read.
    """
    newer = list(filter(novelty(store, run_id), measurements(folder)))
    store.add_measurements(run_id, newer)
    return len(newer)
