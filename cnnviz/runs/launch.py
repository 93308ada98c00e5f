"""Starts and ends worker processes on this machine; a cluster can implement the same interface."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Protocol

from cnnviz.settings import settings

LOG = "worker.log"
ROOT = Path(__file__).parents[2]


class Launcher(Protocol):
    """Starts and ends the workers of one machine or cluster."""

    def start(self, run_id: str, device: str) -> None:
        """Start a worker for a run that was taken from the queue.

        Raises:
            OSError: It cannot be started.
        """

    def stop(self, run_id: str, process: int | None, force: bool = False) -> None:
        """End a worker that does not respond to the store's stop request.

        Args:
            run_id: Id of its run.
            process: Its process id, as stored with the run.
            force: Whether to kill it, since an earlier call had no effect.
        """

    def gone(self) -> list[str]:
        """The runs whose workers have ended since the last call."""


class LocalLauncher:
    """Starts workers as processes of this machine, which outlive the server."""

    def __init__(self) -> None:
        self._workers: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def start(self, run_id: str, device: str) -> None:
        """Start a worker in its own session, with its log in the run's folder.

        Raises:
            OSError: It cannot be started.
        """
        folder = settings().runs / run_id
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "cnnviz.runs.worker", run_id]
        with (folder / LOG).open("ab") as log:
            worker = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        with self._lock:
            self._workers[run_id] = worker

    def stop(self, run_id: str, process: int | None, force: bool = False) -> None:
        """Send SIGTERM to a worker, or with force SIGKILL."""
        with self._lock:
            worker = self._workers.get(run_id)
        number = worker.pid if worker else process
        if number is not None and (worker or _is_worker(number, run_id)):
            sent = signal.SIGKILL if force and hasattr(signal, "SIGKILL") else signal.SIGTERM
            _send(number, sent)

    def gone(self) -> list[str]:
        """The runs whose workers, started here, have ended since the last call."""
        with self._lock:
            ended = [
                run_id for run_id, worker in self._workers.items() if worker.poll() is not None
            ]
            for run_id in ended:
                del self._workers[run_id]
        return ended


def _send(process: int, sent: signal.Signals) -> None:
    try:
        os.kill(process, sent)
    except ProcessLookupError:
        return  # it has ended by itself


def _is_worker(process: int, run_id: str) -> bool:
    """Whether a process is the run's worker and not a later process with the same id."""
    try:
        command = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
    except OSError:  # no such process, or no Linux
        ps = ["ps", "-p", str(process), "-o", "command="]
        try:
            command = subprocess.run(ps, capture_output=True, text=True, check=False).stdout
        except OSError:
            return False
    return "cnnviz.runs.worker" in command and run_id in command
