"""Commands of ours as slow work, each in a process of its own.

Tools that patch torch, and measurements of time, disturb nobody there.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cnnviz.ui.work.work import IN_THE_LOG, NICENESS, CommandError, Compute, Work

ROOT = Path(__file__).parents[3]
LOOK = 0.1  # seconds between two looks whether the command is still wanted

_lock = threading.Lock()
_processes: set[subprocess.Popen[str]] = set()
_is_closing = False


def command(words: Sequence[str]) -> Compute:
    """Work that runs ``python -m cnnviz`` with these words and gives what it prints as JSON."""
    return lambda work: _printed(words, work)


def _printed(words: Sequence[str], work: Work) -> Any:
    """What a command prints as JSON.

    Raises:
        CommandError: It failed, or could not be started.
        WorkStopped: Nobody waits for it any more.
        TimeoutError: It took too long.
    """
    with _started(words) as process:
        try:
            printed, complaints = _awaited(process, work)
        finally:
            _end(process)
            _processes.discard(process)
    if process.returncode != 0:
        raise CommandError(_sentence(complaints))
    try:
        return json.loads(printed)
    except json.JSONDecodeError:
        raise CommandError("The command printed no JSON.") from None


def _awaited(process: subprocess.Popen[str], work: Work) -> tuple[str, str]:
    """All that a process writes until its end, on both streams."""
    while True:
        try:
            return process.communicate(timeout=LOOK)
        except subprocess.TimeoutExpired:
            work.tell(0.0)


def _started(words: Sequence[str]) -> subprocess.Popen[str]:
    """A process that yields to the visitors' pages."""
    with _lock:
        if _is_closing:
            raise CommandError("The server is closing.")
        try:
            process = subprocess.Popen(
                _command_line(words),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=ROOT,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise CommandError(f"No process could be started: {error.strerror}.") from None
        _processes.add(process)
    if sys.platform != "win32" and process.poll() is None:
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    return process


def _command_line(words: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "cnnviz", *words]


def _sentence(complaints: str) -> str:
    """What a failed command says: its last line, unless that is the end of a traceback."""
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    if not lines:
        return "It ended without an answer; the machine may be out of memory."
    if any(line.startswith("Traceback") for line in lines):
        sys.stderr.write(complaints)  # for the server's log
        return IN_THE_LOG
    return lines[-1]


def _end(process: subprocess.Popen[str]) -> None:
    """Kill a process, unless it has ended, and what it has started."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError):  # it has ended since
        os.killpg(process.pid, signal.SIGKILL)


@atexit.register
def _end_all() -> None:
    global _is_closing
    with _lock:
        _is_closing = True
        for process in list(_processes):
            _end(process)
