"""One run in a process of its own: ``python -m cnnviz.runs.worker RUN``.

It outlives the server that started it. What it measures goes into the store and into the run's
folder; what goes wrong is one sentence in the store, with the details in ``worker.log``.
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
from cnnviz.runs.limits import limits
from cnnviz.runs.pulse import Pulse
from cnnviz.runs.run import Run, State
from cnnviz.runs.store import Store, StoreError
from cnnviz.training.measurement import Measurement, Steering

BATCH = 0.5  # seconds for which measurements are gathered,
PATIENCE = 30.0  # and for which a store may not take them
NICE = 10  # the server's pages go first
TRIES, BETWEEN = 10, 1.0  # to say how it ended, seconds between them
LOCK = "worker.lock"
OTHERS = 60.0  # seconds that an earlier worker of the run may take to end
BROKEN = "It failed for a reason that the worker's log tells."


class _EndedError(Exception):
    """The run was told to end while its data was loaded."""


def main(run_id: str) -> int:
    """Carry a run out; 0 when how it ended is in the store."""
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
    pulse = Pulse(assignment, steering)
    try:
        state, message = _outcome(store, run, assignment, steering, pulse)
    finally:
        pulse.close()
    return _told(assignment, run, state, message)


def _outcome(
    store: Store, run: Run, assignment: Assignment, steering: Steering, pulse: Pulse
) -> tuple[State, str]:
    """How a run ended, and the sentence on it."""
    try:
        with _alone(run.folder):
            catch_up(store, run.id, run.folder)
            limit = _train(store, run, assignment, steering)
    except _EndedError:
        return _stopped(pulse)
    except AssignmentLostError:
        return "interrupted", ""
    except (OSError, StoreError) as error:
        traceback.print_exc()
        return "interrupted", f"{_reason(error)} Once that is mended, the run can be resumed."
    except ValueError as error:
        return "failed", str(error)
    except Exception:
        traceback.print_exc()
        return "failed", BROKEN
    if limit:
        return "stopped", limit
    return _stopped(pulse) if steering.stop else ("finished", "")


def _stopped(pulse: Pulse) -> tuple[State, str]:
    if pulse.was_asked:
        return "stopped", ""
    if pulse.trouble:
        return "interrupted", pulse.trouble
    return "interrupted", "Its machine told it to end; it can be resumed."


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'The disk'} cannot be used: {error.strerror}."
    return str(error)


def _train(store: Store, run: Run, assignment: Assignment, steering: Steering) -> str:
    """Train; a sentence where a limit ended it, else empty."""
    from cnnviz.runs.recording import recorded

    def progress(share: float) -> None:
        if steering.stop:
            raise _EndedError

    progress(0.0)
    _share_cores(run.device)
    # A plan by time is within the limit, or it would not be here.
    allowed = None if run.plan.options.seconds else limits().seconds
    measured = recorded(run.plan, run.folder, steering, run.device, progress)
    with _Batches(assignment, novelty(store, run.id)) as batches, closing(measured):
        if _limited(measured, allowed, batches):
            return f"It has trained for {allowed} s, as long as a run may here; resume it."
    return ""


def _share_cores(device: str) -> None:
    """Leave the other runs of this machine their cores: threads that wait cost them time."""
    import torch

    if device == "cpu":
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // max(1, slots().get("cpu", 1))))


def _limited(measured: Iterator[Measurement], allowed: int | None, batches: _Batches) -> bool:
    """Keep what is measured until the run's end or its limit; whether it was the limit."""
    first = None
    for each in measured:
        batches.add(each)
        first = each.seconds if first is None else first
        if allowed is not None and each.seconds - first >= allowed:
            return True
    return False


class _Batches:
    """Measurements on their way into the store, several at a time."""

    def __init__(self, assignment: Assignment, is_new: Callable[[Measurement], bool]) -> None:
        self._assignment, self._is_new = assignment, is_new
        self._waiting: list[Measurement] = []
        self._tried = self._kept = time.monotonic()

    def __enter__(self) -> _Batches:
        return self

    def __exit__(self, *reason: object) -> None:
        for _ in range(TRIES):
            self.flush()
            if not self._waiting:
                return
            time.sleep(BETWEEN)

    def add(self, found: Measurement) -> None:
        """Keep a measurement, soon."""
        if self._is_new(found):
            self._waiting.append(found)
        if time.monotonic() - self._tried >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Put all that waits into the store; what it does not take now goes on waiting.

        Raises:
            StoreError: The store has not taken it for too long.
            AssignmentLostError: The run is not this worker's any more.
        """
        self._tried = time.monotonic()
        try:
            if self._waiting:
                self._assignment.add(self._waiting)
        except StoreError:
            if self._tried - self._kept > PATIENCE:
                raise
            return
        self._kept, self._waiting = self._tried, []


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The folder for this process alone, once an earlier worker of the run has left it.

    Raises:
        OSError: It has not left, or the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as file:
        deadline = time.monotonic() + OTHERS
        while not _locked(file):
            if time.monotonic() > deadline:
                raise OSError("An earlier worker of this run does not end.")
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


def _told(assignment: Assignment, run: Run, state: State, message: str) -> int:
    """Say in the store how the run ended; 0 when that is known there."""
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
