"""A worker's thread that shows life to the store and hears from it what visitors wish."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from cnnviz.runs.assignment import Assignment, AssignmentLostError
from cnnviz.runs.store import StoreError
from cnnviz.training.measurement import Steering

HEAR = 0.5  # seconds between two looks at the wishes,
BEAT = 2.0  # between two signs of life,
PATIENCE = 60.0  # and for which a store may be away


class Pulse:
    """Steers a run as its store says, until it is closed.

    Attributes:
        is_lost: Whether the run was taken from this worker.
        was_asked: Whether a visitor told the run to stop.
        trouble: Why the store has not been heard for too long, or empty.
    """

    def __init__(self, assignment: Assignment, steering: Steering) -> None:
        self._assignment, self._steering = assignment, steering
        self.is_lost = self.was_asked = False
        self.trouble = ""
        self._closed = threading.Event()
        self._beat = self._heard = time.monotonic()
        self._shown = False  # whether the run was shown to be paused
        self._thread = threading.Thread(target=self._go_on, daemon=True, name="pulse")
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._closed.wait(HEAR):
            self._attempt(self._look)

    def _attempt(self, look: Callable[[], None]) -> None:
        try:
            look()
            self._heard = time.monotonic()
        except AssignmentLostError:
            self.is_lost = self._steering.stop = True
            self._closed.set()
        except StoreError as error:
            if time.monotonic() - self._heard > PATIENCE:
                self.trouble, self._steering.stop = str(error), True

    def _look(self) -> None:
        wishes, steering = self._assignment.wishes(), self._steering
        steering.learning_rate_scale = wishes.learning_rate_scale
        steering.pause = wishes.pause
        self.was_asked = wishes.stop
        steering.stop = steering.stop or wishes.stop
        is_due = time.monotonic() - self._beat >= BEAT
        if is_due or self._shown != wishes.pause:
            self._assignment.show_life("paused" if wishes.pause else "running")
            self._beat, self._shown = time.monotonic(), wishes.pause
