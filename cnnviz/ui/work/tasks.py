"""Work of seconds to minutes on a visitor's photo, in threads of the server, with a stop button.

A task belongs to what it computes, not to a visitor: students who ask for the same share it. It
stops when the last of them stops it, or when none of their pages has looked at it for a while.
What needs a process of its own, as a measurement of time does, is a job (``background``).
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.work.jobs import NICENESS, State

MAX_AT_ONCE = 2
MAX_WAITING = 32
LIMIT = 300.0  # seconds
UNWATCHED = 30.0  # seconds: a page looks every second, a closed laptop does not

logger = logging.getLogger(__name__)


class TaskStopped(BaseException):
    """Ends a task's work; no error, so nothing on the way that catches errors may catch it."""


@dataclass(eq=False)
class Task:
    """One computation and what has become of it.

    Attributes:
        key: What it computes.
        state: "waiting", "running", "done" or "failed".
        share: How much is done, in [0, 1].
        preview: What there is so far, if the work shows it.
        result: What it gave, when it is done.
        error: One sentence, when it has failed; None when it was stopped.
    """

    key: Hashable
    state: State = "waiting"
    share: float = 0.0
    preview: Any = None
    result: Any = None
    error: str | None = None
    _started: float = 0.0
    _watched: float = field(default_factory=time.monotonic)
    _visitors: set[str] = field(default_factory=set)

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will change."""
        return self.state in ("done", "failed")

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the share that is done; None before there is one."""
        if self.state != "running" or self.share < 0.02:
            return None
        return (time.monotonic() - self._started) * (1 - self.share) / self.share

    def show(self, preview: Any) -> None:
        """Let the visitors see what there is so far."""
        self.preview = preview

    def tell(self, share: float) -> None:
        """The task's progress function.

        Raises:
            TaskStopped: Nobody wants the result any more.
            TimeoutError: It took more than ``LIMIT``.
        """
        self.share = share
        now = time.monotonic()
        if not self._visitors or now - self._watched > UNWATCHED:
            raise TaskStopped
        if now - self._started > LIMIT:
            raise TimeoutError(f"This took more than {LIMIT:.0f} s and was stopped.")


Work = Callable[[Task], Any]

_lock = threading.Lock()
_tasks: dict[Hashable, Task] = {}  # in the order in which they were asked for
_workers = ThreadPoolExecutor(MAX_AT_ONCE, thread_name_prefix="task")


def known_task(key: Hashable) -> Task | None:
    """The task of that key that somebody has asked for, or None; looking keeps it alive."""
    with _lock:
        return _known(key)


def start_task(key: Hashable, work: Work, visitor: str = "") -> None:
    """Start the task of a key, unless it is at work or its result is kept.

    Where too many wait already it has failed at once, with a sentence that says so.

    Args:
        key: What is computed: names and settings, never arrays.
        work: Computes it; it gets the task, whose ``tell`` is its progress function.
        visitor: Who wants it (a session's name).
    """
    with _lock:
        task = _known(key)
        if task is not None and task.state != "failed":
            task._visitors.add(visitor)
            return
        task = _tasks[key] = Task(key, _visitors={visitor})
        _forget_failures()
        if sum(other.state == "waiting" for other in _tasks.values()) > MAX_WAITING:
            task.state, task.error = "failed", "Too much work waits already; try again in a minute."
            return
    _workers.submit(_run, task, work)


def _known(key: Hashable) -> Task | None:
    task = _tasks.get(key)
    if task is not None:
        task._watched = time.monotonic()
        return task
    result = results.kept(("task", key))
    return None if result is None else Task(key, "done", 1.0, result=result)


def stop_task(key: Hashable, visitor: str = "") -> None:
    """Say that a visitor does not want the result; without visitors the work ends."""
    with _lock:
        task = _tasks.get(key)
        if task is not None:
            task._visitors.discard(visitor)
            if task.state == "waiting" and not task._visitors:
                del _tasks[key]  # its turn will find nothing to do


def _run(task: Task, work: Work) -> None:
    _yield_to_pages()
    task._started = time.monotonic()
    try:
        task.tell(0.0)
        task.state = "running"
        task.result = work(task)
    except TaskStopped:
        _finish(task, "failed", None)
    except (ValueError, KeyError, ArithmeticError, TimeoutError) as error:
        # Every such error of ours is one sentence that says what to do.
        _finish(task, "failed", str(error.args[0]) if error.args else str(error))
    except Exception:
        logger.exception("A task failed: %s", task.key)
        _finish(task, "failed", "It failed for a reason that the server's log tells.")
    else:
        results.keep(("task", task.key), task.result)
        _finish(task, "done", None)


def _finish(task: Task, state: State, error: str | None) -> None:
    with _lock:
        task.share, task.preview, task.error = 1.0, None, error
        task.state = state
        # A result is kept with all others, within their bound; what was stopped is forgotten.
        if error is None and _tasks.get(task.key) is task:
            del _tasks[task.key]


def _forget_failures() -> None:
    """Drop the oldest failures; the lock is held."""
    failed = [key for key, task in _tasks.items() if task.state == "failed"]
    for key in failed[: max(len(failed) - MAX_WAITING, 0)]:
        del _tasks[key]


def _yield_to_pages() -> None:
    """On Linux a thread has a niceness of its own; pages go first."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
