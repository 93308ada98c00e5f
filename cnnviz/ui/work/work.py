"""Slow work, of seconds to minutes, that visitors start, share and stop.

A piece of work belongs to what it computes, not to a visitor: students who ask for the same share
it. It stops when the last of them stops it, or when none of their pages has looked at it for a
while. It runs in a thread of the server, which for a command waits for a process (``process.py``).
"""

import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Literal

from cnnviz.ui.server.byte_cache import results

MAX_AT_ONCE = 2
MAX_WAITING = 64
MAX_FAILED = 64
LIMIT = 300.0  # seconds
UNWATCHED = 30.0  # seconds: a page looks every second, a closed laptop does not
NICENESS = 10  # the visitors' pages go first
IN_THE_LOG = "It failed for a reason that the server's log tells."

logger = logging.getLogger(__name__)

State = Literal["waiting", "running", "done", "failed"]


class WorkStopped(BaseException):
    """Ends work that nobody wants; no error, so nothing that catches errors may catch it."""


class CommandError(Exception):
    """A command failed; its text is one sentence for the visitor."""


@dataclass(eq=False)
class Work:
    """One computation and what has become of it.

    Attributes:
        key: What it computes.
        alone: Nothing runs beside it: it measures time.
        state: "waiting", "running", "done" or "failed".
        share: How much is done, in [0, 1]; 0 where that is not known.
        preview: What there is so far, if the work shows it.
        result: What it gave, when it is done.
        error: One sentence, when it has failed; None when it was stopped.
        limit: Seconds that it may take.
    """

    key: Hashable
    alone: bool = False
    state: State = "waiting"
    share: float = 0.0
    preview: Any = None
    result: Any = None
    error: str | None = None
    limit: float = field(default_factory=lambda: LIMIT)
    _began: float = field(default_factory=time.monotonic)
    _watched: float = field(default_factory=time.monotonic)
    _visitors: set[str] = field(default_factory=set)

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will change."""
        return self.state in ("done", "failed")

    @property
    def seconds(self) -> float:
        """How long it has been at work."""
        return time.monotonic() - self._began

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the share that is done; None before there is one."""
        if self.state != "running" or self.share < 0.02:
            return None
        return self.seconds * (1 - self.share) / self.share

    def show(self, preview: Any) -> None:
        """Let the visitors see what there is so far."""
        self.preview = preview

    def tell(self, share: float) -> None:
        """The work's progress function.

        Raises:
            WorkStopped: Nobody wants the result any more.
            TimeoutError: It took more than its limit.
        """
        self.share = share
        if not self._visitors or time.monotonic() - self._watched > UNWATCHED:
            raise WorkStopped
        if self.seconds > self.limit:
            raise TimeoutError(f"This took more than {self.limit:.0f} s and was stopped.")


Compute = Callable[[Work], Any]

_lock = threading.Lock()
_works: dict[Hashable, Work] = {}  # that wait, run, or have failed, in the order of asking
_queue: deque[tuple[Work, Compute]] = deque()


def known_work(key: Hashable) -> Work | None:
    """The work of a key that somebody has asked for, or None; looking at it keeps it alive."""
    with _lock:
        return _known(key)


def start_work(key: Hashable, compute: Compute, visitor: str = "", alone: bool = False) -> None:
    """Start the work of a key, unless it is at work or its result is kept.

    Where too much waits already it has failed at once, with a sentence that says so.

    Args:
        key: What is computed: names and settings, never arrays.
        compute: Computes it; it gets the work, whose ``tell`` is its progress function. None is a
            result that lies elsewhere; it is not kept.
        visitor: Who wants it (a session's name).
        alone: Let nothing run beside it, as a measurement of time wants.
    """
    with _lock:
        work = _known(key)
        if work is not None and work.state != "failed":
            work._visitors.add(visitor)
            return
        _works.pop(key, None)
        work = _works[key] = Work(key, alone, _visitors={visitor})
        if len(_queue) >= MAX_WAITING:
            work.state, work.error = "failed", "Too much work waits already; try again in a minute."
            _forget_failures()
            return
        _queue.append((work, compute))
        _start_next()


def stop_work(key: Hashable, visitor: str = "") -> None:
    """Say that a visitor does not want the result; without visitors the work ends."""
    with _lock:
        work = _works.get(key)
        if work is None:
            return
        work._visitors.discard(visitor)
        if work.state == "waiting" and not work._visitors:
            del _works[key]
            _queue.remove(next(entry for entry in _queue if entry[0] is work))
            _start_next()  # it may have kept others waiting


def _known(key: Hashable) -> Work | None:
    work = _works.get(key)
    if work is not None:
        work._watched = time.monotonic()
        return work
    result = results.kept(("work", key))
    return None if result is None else Work(key, state="done", share=1.0, result=result)


def _start_next() -> None:
    """Start what waits, first come, first served, while there is room; the lock is held."""
    while _queue and _has_room(_queue[0][0]):
        work, compute = _queue.popleft()
        work.state = "running"
        threading.Thread(target=_run, args=(work, compute), name="work", daemon=True).start()


def _has_room(work: Work) -> bool:
    running = [other for other in _works.values() if other.state == "running"]
    is_full = len(running) >= (1 if work.alone else MAX_AT_ONCE)
    return not is_full and not any(other.alone for other in running)


def _run(work: Work, compute: Compute) -> None:
    """See a piece of work through, in a thread of its own."""
    if sys.platform == "linux":  # where a thread has a niceness of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
    work._began = time.monotonic()
    try:
        work.tell(0.0)
        work.result = compute(work)
    except WorkStopped:
        _finish(work, "failed", None)
    except (CommandError, ValueError, KeyError, ArithmeticError, TimeoutError) as e:
        # Every such error of ours is one sentence that says what to do.
        _finish(work, "failed", str(e.args[0]) if e.args else str(e))
    except Exception:
        logger.exception("Work failed: %s", work.key)
        _finish(work, "failed", IN_THE_LOG)
    else:
        results.keep(("work", work.key), work.result)
        _finish(work, "done", None)


def _finish(work: Work, state: State, error: str | None) -> None:
    with _lock:
        work.share, work.preview, work.error = 1.0, None, error
        work.state = state
        # A result is kept with all others, within their bound; what was stopped is forgotten.
        if error is None:
            _works.pop(work.key, None)
        _forget_failures()
        _start_next()


def _forget_failures() -> None:
    """Drop the oldest failures; the lock is held."""
    failed = [key for key, work in _works.items() if work.state == "failed"]
    for key in failed[: max(len(failed) - MAX_FAILED, 0)]:
        del _works[key]
