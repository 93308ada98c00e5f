"""Trains one run in its own process: ``python -m cnnviz.runs.worker RUN``.

The process outlives the server that started it. Measurements go into the store and the run's
folder; an error is one sentence in the store, with the details in ``worker.log``.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TextIO

from cnnviz.runs.assignment import Assignment, AssignmentLostError
from cnnviz.runs.catching_up import catch_up, novelty
from cnnviz.runs.devices import slots
from cnnviz.runs.folder import RunError
from cnnviz.runs.heartbeat import Heartbeat
from cnnviz.runs.run import Run, State
from cnnviz.runs.store import Store, StoreError
from cnnviz.settings import settings
from cnnviz.training.measurement import Measurement, Steering

BATCH = 0.5  # seconds for which measurements are buffered
TIMEOUT = 30.0  # seconds for which the store may reject them
NICE = 10  # the server's pages have priority
TRIES, BETWEEN = 10, 1.0  # attempts to report the end, seconds between them
LOCK = "worker.lock"
OTHERS = 60.0  # seconds that an earlier worker of the run may take to end
BROKEN = "An unexpected error ended the run; see the worker's log."


class _EndedError(Exception):
    """The run was stopped while its data was loaded."""


def main(run_id: str) -> int:
    """Train a run; returns 0 if the store knows how it ended."""
    steering = Steering()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: setattr(steering, "stop", True))
    try:
        store = Store()
        assignment = Assignment(store, run_id)
    except (KeyError, RunError) as error:
        sys.stderr.write(f"{error.args[0]}\n")
        return 1
    run = assignment.run
    heartbeat = Heartbeat(assignment, steering)
    try:
        state, message = _outcome(store, run, assignment, steering, heartbeat)
    finally:
        heartbeat.close()
    return _reported(assignment, run, state, message)


def _outcome(
    store: Store, run: Run, assignment: Assignment, steering: Steering, heartbeat: Heartbeat
) -> tuple[State, str]:
    """Train; returns the final state and a message."""
    try:
        with _alone(run.folder):
            catch_up(store, run.id, run.folder)
            limit = _train(store, run, assignment, steering)
    except _EndedError:
        return _stopped(heartbeat)
    except AssignmentLostError:
        return "interrupted", ""
    except (OSError, StoreError) as error:
        traceback.print_exc()
        return "interrupted", f"{_reason(error)} Fix this, then resume the run."
    except ValueError as error:
        return "failed", str(error)
    except Exception:
        traceback.print_exc()
        return "failed", BROKEN
    if limit:
        return "stopped", limit
    return _stopped(heartbeat) if steering.stop else ("finished", "")


def _stopped(heartbeat: Heartbeat) -> tuple[State, str]:
    if heartbeat.stop_requested:
        return "stopped", ""
    if heartbeat.trouble:
        return "interrupted", heartbeat.trouble
    return "interrupted", "The system ended the process; the run can be resumed."


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'The disk'} cannot be used: {error.strerror}."
    return str(error)


def _train(store: Store, run: Run, assignment: Assignment, steering: Steering) -> str:
    """Train; returns a message if a limit ended the run, else ""."""
    from cnnviz.runs.recording import recorded

    def progress(share: float) -> None:
        if steering.stop:
            raise _EndedError

    progress(0.0)
    _share_cores(run.device)
    # A time budget was checked against the limit when the run was created.
    allowed = None if run.plan.options.seconds else settings().max_seconds
    measured = recorded(run.plan, run.folder, steering, run.device, progress)
    with _Batches(assignment, novelty(store, run.id)) as batches, closing(measured):
        if _limited(measured, allowed, batches):
            return f"It reached the time limit of {allowed} s; resume it to continue."
    return ""


def _share_cores(device: str) -> None:
    """Divide the CPU cores among the runs of this machine."""
    import torch

    if device == "cpu":
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // max(1, slots().get("cpu", 1))))


def _limited(measured: Iterator[Measurement], allowed: int | None, batches: _Batches) -> bool:
    """Store the measurements of a run; returns whether the time limit ended it."""
    first = None
    for each in measured:
        batches.add(each)
        first = each.seconds if first is None else first
        if allowed is not None and each.seconds - first >= allowed:
            return True
    return False


class _Batches:
    """Buffers measurements on their way into the store."""

    def __init__(self, assignment: Assignment, is_new: Callable[[Measurement], bool]) -> None:
        self._assignment, self._is_new = assignment, is_new
        self._waiting: list[Measurement] = []
        self._tried = self._stored = time.monotonic()

    def __enter__(self) -> _Batches:
        return self

    def __exit__(self, *reason: object) -> None:
        for _ in range(TRIES):
            self.flush()
            if not self._waiting:
                return
            time.sleep(BETWEEN)

    def add(self, measurement: Measurement) -> None:
        """Buffer a measurement."""
        if self._is_new(measurement):
            self._waiting.append(measurement)
        if time.monotonic() - self._tried >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the buffer to the store; what the store rejects stays buffered.

        Raises:
            StoreError: The store has been unavailable for too long.
            AssignmentLostError: The run no longer belongs to this worker.
        """
        self._tried = time.monotonic()
        try:
            if self._waiting:
                self._assignment.add(self._waiting)
        except StoreError:
            if self._tried - self._stored > TIMEOUT:
                raise
            return
        self._stored, self._waiting = self._tried, []


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lock the folder for this process, once an earlier worker of the run has ended.

    Raises:
        OSError: The earlier worker did not end, or the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as file:
        deadline = time.monotonic() + OTHERS
        while not _locked(file):
            if time.monotonic() > deadline:
                raise OSError("An earlier worker of this run has not ended.")
            time.sleep(BATCH)
        yield


def _locked(file: TextIO) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _reported(assignment: Assignment, run: Run, state: State, message: str) -> int:
    """Report to the store how the run ended; returns 0 on success."""
    for _ in range(TRIES):
        try:
            assignment.end(state, message)
            return 0
        except AssignmentLostError:
            if assignment.is_deleted:
                shutil.rmtree(run.folder, ignore_errors=True)
            return 0
        except StoreError as error:
            sys.stderr.write(f"{error}\n")
            time.sleep(BETWEEN)
    return 1


if __name__ == "__main__":
    with suppress(AttributeError, OSError):  # no nice on Windows
        os.nice(NICE)
    sys.exit(main(sys.argv[1]))
