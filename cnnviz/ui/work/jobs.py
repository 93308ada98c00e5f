"""Slow work outside of the server: commands of ours, each in a process of its own.

A job belongs to its command line, not to a visitor: sixty students who ask for the same wait for
one process and share its answer. Tools that patch torch, and measurements, disturb nobody here.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).parents[3]
MAX_AT_ONCE = 2
MAX_WAITING = 64
MAX_FINISHED = 64
LIMIT = 120.0  # seconds
NICENESS = 10  # the visitors' pages go first

State = Literal["waiting", "running", "done", "failed"]
Command = tuple[str, ...]


@dataclass(eq=False)
class Job:
    """A command of ``python -m cnnviz`` and what has become of it.

    Attributes:
        command: Its words.
        alone: No other job runs beside it: it measures time.
        state: "waiting", "running", "done" or "failed".
        result: What it printed as JSON, when it is done.
        error: One sentence, when it has failed.
    """

    command: Command
    alone: bool = False
    state: State = "waiting"
    result: Any = None
    error: str | None = None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will change."""
        return self.state in ("done", "failed")


_lock = threading.Lock()
_jobs: dict[Command, Job] = {}  # in the order in which they were asked for
_processes: dict[Command, subprocess.Popen[str]] = {}
_closing = False


def known_job(command: Command) -> Job | None:
    """The job of a command that somebody has asked for, or None."""
    with _lock:
        return _jobs.get(command)


def background_job(command: Command, alone: bool = False) -> Job:
    """The job of a command; started if nobody has asked for it, or if it failed the last time.

    Where too many wait already it has failed at once, with a sentence that says so.

    Args:
        command: The words after ``python -m cnnviz``; it prints JSON.
        alone: Let no other job run beside it, as a measurement of time wants.
    """
    with _lock:
        job = _jobs.get(command)
        if job is not None and job.state != "failed":
            return job
        _jobs.pop(command, None)
        job = _jobs[command] = Job(command, alone)
        if _count("waiting") > MAX_WAITING:
            job.state, job.error = "failed", "Too much work waits already; try again in a minute."
        _start_next()
        return job


def _count(state: State) -> int:
    return sum(job.state == state for job in _jobs.values())


def _start_next() -> None:
    """Start waiting jobs, first come, first served, while there is room; the lock is held."""
    for job in [job for job in _jobs.values() if job.state == "waiting"]:
        running = [other for other in _jobs.values() if other.state == "running"]
        crowded = len(running) >= (1 if job.alone else MAX_AT_ONCE)
        if _closing or crowded or any(other.alone for other in running):
            return
        job.state = "running"
        threading.Thread(target=_run, args=(job,), daemon=True).start()


def _run(job: Job) -> None:
    """See one job through, in a thread of its own."""
    state, result, error = _outcome(job.command)
    with _lock:
        job.result, job.error, job.state = result, error, state
        finished = [command for command, other in _jobs.items() if other.is_finished]
        for command in finished[: max(len(finished) - MAX_FINISHED, 0)]:
            del _jobs[command]
        _start_next()


def _outcome(command: Command) -> tuple[State, Any, str | None]:
    """Run a command to its end, or to its time limit: (state, result, error)."""
    try:
        process = _started(command)
    except OSError as error:
        return "failed", None, f"No process could be started: {error.strerror}."
    if process is None:
        return "failed", None, "The server is closing."
    try:
        printed, complaints = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        _end(process)
        process.communicate()
        return "failed", None, f"This took more than {LIMIT:.0f} s and was stopped."
    finally:
        with _lock:
            _processes.pop(command, None)
    if process.returncode != 0:
        return "failed", None, _sentence(complaints)
    try:
        return "done", json.loads(printed), None
    except json.JSONDecodeError:
        return "failed", None, "The command printed no JSON."


def _started(command: Command) -> subprocess.Popen[str] | None:
    """A process that yields to the visitors' pages; None while the server closes."""
    with _lock:
        if _closing:
            return None
        process = subprocess.Popen(
            _command_line(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        _processes[command] = process
    if sys.platform != "win32" and process.poll() is None:
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    return process


def _command_line(command: Command) -> list[str]:
    return [sys.executable, "-m", "cnnviz", *command]


def _sentence(complaints: str) -> str:
    """What a failed command says: its last line, unless that is the end of a traceback."""
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    if not lines:
        return "It ended without an answer; the machine may be out of memory."
    if any(line.startswith("Traceback") for line in lines):
        sys.stderr.write(complaints)  # for the server's log
        return "It failed for a reason that the server's log tells."
    return lines[-1]


def _end(process: subprocess.Popen[str]) -> None:
    """Kill a process and what it has started."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError):  # it has ended since
        os.killpg(process.pid, signal.SIGKILL)


@atexit.register
def _end_all() -> None:
    global _closing
    with _lock:
        _closing = True
        for process in _processes.values():
            _end(process)
