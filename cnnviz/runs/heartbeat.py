"""A worker's thread that sends heartbeats to the store and polls it for visitors' requests."""

import threading
import time
from collections.abc import Callable

from cnnviz.runs.assignment import Assignment, AssignmentLostError
from cnnviz.runs.store import StoreError
from cnnviz.training.measurement import Steering

POLL = 0.5  # seconds between two polls for requests
BEAT = 2.0  # seconds between two heartbeats
TIMEOUT = 60.0  # seconds for which the store may be unavailable


class Heartbeat:
    """Reports that a worker is alive and applies visitors' requests to its run, until closed.

    Attributes:
        is_lost: Whether the run was taken from this worker.
        stop_requested: Whether a visitor stopped the run.
        trouble: Why the store has been unavailable for too long, or empty.
    """

    def __init__(self, assignment: Assignment, steering: Steering) -> None:
        self._assignment, self._steering = assignment, steering
        self.is_lost = self.stop_requested = False
        self.trouble = ""
        self._closed = threading.Event()
        self._beat = self._answered = time.monotonic()
        self._shown_paused = False
        self._thread = threading.Thread(target=self._poll, daemon=True, name="heartbeat")
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self._thread.join()

    def _poll(self) -> None:
        while not self._closed.wait(POLL):
            self._attempt(self._update)

    def _attempt(self, update: Callable[[], None]) -> None:
        try:
            update()
            self._answered = time.monotonic()
        except AssignmentLostError:
            self.is_lost = self._steering.stop = True
            self._closed.set()
        except StoreError as error:
            if time.monotonic() - self._answered > TIMEOUT:
                self.trouble, self._steering.stop = str(error), True

    def _update(self) -> None:
        requests, steering = self._assignment.requests(), self._steering
        steering.learning_rate_scale = requests.learning_rate_scale
        steering.pause = requests.pause
        self.stop_requested = requests.stop
        steering.stop = steering.stop or requests.stop
        is_due = time.monotonic() - self._beat >= BEAT
        if is_due or self._shown_paused != requests.pause:
            self._assignment.send_heartbeat("paused" if requests.pause else "running")
            self._beat, self._shown_paused = time.monotonic(), requests.pause
