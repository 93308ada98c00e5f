"""Jobs in processes of their own; each command here is a line of Python instead of ours."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnnviz.ui.work import jobs as background
from cnnviz.ui.work.jobs import background_job, known_job

ROOT = Path(__file__).parents[3]


def python(command):
    return [sys.executable, "-c", command[0]]


@pytest.fixture(autouse=True)
def own_jobs(monkeypatch):
    monkeypatch.setattr(background, "_command_line", python)
    monkeypatch.setattr(background, "_jobs", {})
    monkeypatch.setattr(background, "_processes", {})
    yield
    background._end_all()
    background._closing = False


def finished(job):
    deadline = time.monotonic() + 30
    while not job.is_finished:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return job


def waits_for(path, number):
    """A command that ends when a file is there."""
    return (
        f"import pathlib, time\nwhile not pathlib.Path({str(path)!r}).exists(): time.sleep(0.01)\n"
        f"print({number})",
    )


def test_what_a_command_prints_as_json_is_its_result():
    command = ('print(\'[{"tool": "torchinfo", "params": null}]\')',)
    assert known_job(command) is None
    job = finished(background_job(command))
    assert (job.state, job.error) == ("done", None)
    assert job.result == [{"tool": "torchinfo", "params": None}]


def test_visitors_who_ask_for_the_same_share_it(tmp_path):
    command = waits_for(tmp_path / "go", 1)
    job = background_job(command)
    assert background_job(command) is job is known_job(command)
    (tmp_path / "go").touch()
    finished(job)
    assert background_job(command) is job


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import sys; sys.stderr.write('Too large.\\n'); sys.exit(2)", "Too large."),
        ("raise RuntimeError('secret')", "It failed for a reason that the server's log tells."),
        ("import os; os.kill(os.getpid(), 9)", "It ended without an answer; the machine may be"),
        ("print('no braces')", "The command printed no JSON."),
    ],
)
def test_a_failure_is_one_sentence(code, error):
    job = finished(background_job((code,)))
    assert (job.state, job.result) == ("failed", None)
    assert job.error.startswith(error)
    assert "Traceback" not in job.error


def test_what_failed_is_tried_again(tmp_path):
    code = f"import pathlib; print(pathlib.Path({str(tmp_path / 'found')!r}).read_text())"
    failed = finished(background_job((code,)))
    (tmp_path / "found").write_text("7")
    assert failed.state == "failed"
    assert finished(background_job((code,))).result == 7


def test_what_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(background, "LIMIT", 0.2)
    job = finished(background_job(("import time; time.sleep(60)",)))
    assert job.error == "This took more than 0 s and was stopped."
    assert not background._processes


def test_two_run_at_once_and_the_others_wait(tmp_path):
    jobs = [background_job(waits_for(tmp_path / "go", number)) for number in range(4)]
    assert [job.state for job in jobs] == ["running", "running", "waiting", "waiting"]
    (tmp_path / "go").touch()
    assert [finished(job).result for job in jobs] == [0, 1, 2, 3]


def test_a_measurement_runs_alone(tmp_path):
    first = background_job(waits_for(tmp_path / "first", 1))
    alone = background_job(waits_for(tmp_path / "alone", 2), alone=True)
    last = background_job(waits_for(tmp_path / "last", 3))
    assert [job.state for job in (first, alone, last)] == ["running", "waiting", "waiting"]
    (tmp_path / "first").touch()
    finished(first)
    assert [job.state for job in (alone, last)] == ["running", "waiting"]
    (tmp_path / "alone").touch()
    finished(alone)
    (tmp_path / "last").touch()
    assert finished(last).result == 3


def test_few_finished_and_few_waiting_jobs_are_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(background, "MAX_FINISHED", 2)
    monkeypatch.setattr(background, "MAX_WAITING", 3)
    commands = [waits_for(tmp_path / "go", number) for number in range(6)]
    jobs = [background_job(command) for command in commands]
    assert jobs[-1].error == "Too much work waits already; try again in a minute."
    (tmp_path / "go").touch()
    for job in jobs:
        finished(job)
    assert len(background._jobs) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="niceness is a POSIX matter")
def test_a_job_yields_to_the_pages(tmp_path):
    code = f"import os, time\nwhile os.nice(0) < {background.NICENESS}: time.sleep(0.01)\nprint(1)"
    assert finished(background_job((code,))).result == 1


def test_no_process_outlives_the_server(tmp_path):
    child = f"import os, pathlib, time; pathlib.Path({str(tmp_path / 'pid')!r}).write_text("
    child += "str(os.getpid())); time.sleep(60)"
    server = (
        "import pathlib, sys, time\n"
        "from cnnviz.ui import background\n"
        "background._command_line = lambda command: [sys.executable, '-c', command[0]]\n"
        f"background.background_job(({child!r},))\n"
        f"pid = pathlib.Path({str(tmp_path / 'pid')!r})\n"
        "while not (pid.exists() and pid.read_text()): time.sleep(0.01)\n"
    )
    subprocess.run([sys.executable, "-c", server], cwd=ROOT, check=True, timeout=60)
    pid = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10
    while is_running(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_running(pid):
    """Whether the process is there; a dead one whose parent is gone may wait to be reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
