"""Where runs are started and ended: on this machine, or by whatever else has this interface."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Protocol

from cnnviz.runs.run import runs_folder

LOG = "worker.log"
ROOT = Path(__file__).parents[2]


class Launcher(Protocol):
    """What starts and ends the workers of one machine or cluster."""

    def start(self, run_id: str, device: str) -> None:
        """Start a worker for a run that was taken from the queue.

        Raises:
            OSError: It cannot be started.
        """

    def stop(self, run_id: str, process: int | None, force: bool = False) -> None:
        """Ask a worker that does not hear its store to end; with force, end it.

        Args:
            run_id: Of its run.
            process: Its number, as its run says.
            force: Whether it was asked before.
        """

    def gone(self) -> list[str]:
        """The runs whose workers have ended since this was asked last."""


class LocalLauncher:
    """Workers as processes of this machine that outlive the server."""

    def __init__(self) -> None:
        self._workers: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def start(self, run_id: str, device: str) -> None:
        """Start a worker in a session of its own; what it says is in its run's folder.

        Raises:
            OSError: It cannot be started.
        """
        folder = runs_folder() / run_id
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
        """End a worker by a signal: SIGTERM, or with force SIGKILL."""
        with self._lock:
            worker = self._workers.get(run_id)
        number = worker.pid if worker else process
        if number is not None and (worker or _is_worker(number, run_id)):
            wanted = signal.SIGKILL if force and hasattr(signal, "SIGKILL") else signal.SIGTERM
            _send(number, wanted)

    def gone(self) -> list[str]:
        """The runs whose workers, started here, have ended since this was asked last."""
        with self._lock:
            ended = [
                run_id for run_id, worker in self._workers.items() if worker.poll() is not None
            ]
            for run_id in ended:
                del self._workers[run_id]
        return ended


def _send(process: int, wanted: signal.Signals) -> None:
    try:
        os.kill(process, wanted)
    except ProcessLookupError:
        return  # it has ended by itself


def _is_worker(process: int, run_id: str) -> bool:
    """Whether a process is a run's worker, and not another that has got its number since."""
    try:
        command = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
    except OSError:  # no such process, or no Linux
        asked = ["ps", "-p", str(process), "-o", "command="]
        try:
            command = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        except OSError:
            return False
    return "cnnviz.runs.worker" in command and run_id in command
