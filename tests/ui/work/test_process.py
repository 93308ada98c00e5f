"""Commands in processes of their own; each here is a line of Python instead of one of ours."""

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from cnnviz.ui.work import process, work
from cnnviz.ui.work.process import command
from cnnviz.ui.work.work import known_work, start_work, stop_work

ROOT = Path(__file__).parents[3]
unique = count()


@pytest.fixture(autouse=True)
def python(monkeypatch):
    monkeypatch.setattr(process, "_command_line", lambda words: [sys.executable, "-c", *words])
    monkeypatch.setattr(process, "_processes", set())
    yield
    process._end_all()
    process._is_closing = False


@pytest.fixture
def finished(wait_for):
    """What becomes of a line of Python."""

    def finish(code):
        key = (code, next(unique))
        start_work(key, command([code]), "visitor")
        wait_for(lambda: known_work(key).is_finished)
        return known_work(key)

    return finish


def test_the_result_is_the_json_that_a_command_prints(finished):
    done = finished('print(\'[{"tool": "torchinfo", "params": null}]\')')
    assert (done.state, done.error) == ("done", None)
    assert done.result == [{"tool": "torchinfo", "params": None}]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import sys; sys.stderr.write('Too large.\\n'); sys.exit(2)", "Too large."),
        ("raise RuntimeError('secret')", "It failed for a reason that the server's log tells."),
        ("import os; os.kill(os.getpid(), 9)", "It ended without an answer; the machine may be"),
        ("print('no braces')", "The command printed no JSON."),
    ],
)
def test_a_failure_is_one_sentence(finished, code, error):
    failed = finished(code)
    assert (failed.state, failed.result) == ("failed", None)
    assert failed.error.startswith(error)
    assert "Traceback" not in failed.error


def test_much_output_is_read_while_the_command_runs(finished):
    code = "import time\nfor _ in range(4): print(' ' * 100_000, flush=True); time.sleep(0.1)\n"
    assert finished(f"{code}print(7)").result == 7


def test_an_unknown_command_is_one_sentence(finished, monkeypatch):
    monkeypatch.setattr(process, "_command_line", lambda words: ["/nowhere/python"])
    assert finished("").error == "No process could be started: No such file or directory."


def test_a_slow_command_is_stopped(finished, monkeypatch):
    monkeypatch.setattr(work, "LIMIT", 0.2)
    assert (
        finished("import time; time.sleep(60)").error == "This took more than 0 s and was stopped."
    )
    assert not process._processes


def test_a_stop_ends_the_process(tmp_path, wait_for):
    code, pid = sleeping(tmp_path)
    start_work("sleeps", command([code]), "visitor")
    wait_for(lambda: pid.exists() and pid.read_text())
    stop_work("sleeps", "visitor")
    wait_for(lambda: known_work("sleeps") is None)
    assert not is_running(int(pid.read_text()))
    assert not process._processes


@pytest.mark.skipif(sys.platform == "win32", reason="niceness is a POSIX matter")
def test_a_process_yields_to_the_pages(finished):
    code = f"import os, time\nwhile os.nice(0) < {work.NICENESS}: time.sleep(0.01)\nprint(1)"
    assert finished(code).result == 1


def test_no_process_outlives_the_server(tmp_path, wait_for):
    code, pid = sleeping(tmp_path)
    server = (
        "import pathlib, sys, time\n"
        "from cnnviz.ui.work import process, work\n"
        "process._command_line = lambda words: [sys.executable, '-c', words[0]]\n"
        f"work.start_work('sleeps', process.command([{code!r}]))\n"
        f"pid = pathlib.Path({str(pid)!r})\n"
        "while not (pid.exists() and pid.read_text()): time.sleep(0.01)\n"
    )
    subprocess.run([sys.executable, "-c", server], cwd=ROOT, check=True, timeout=60)
    wait_for(lambda: not is_running(int(pid.read_text())), seconds=10)


def sleeping(folder):
    """A line of Python that writes its process's number into a file and sleeps; that file."""
    pid = folder / "pid"
    return (
        f"import os, pathlib, time; pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); "
        "time.sleep(60)"
    ), pid


def is_running(pid):
    """Whether the process is there; a dead one whose parent is gone may wait to be reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
