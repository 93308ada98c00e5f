"""The launcher of this machine, and what it finds there."""

import signal
import subprocess
import sys
import time

import pytest

from cnnviz.runs import devices, launch
from cnnviz.runs.launch import LOG, LocalLauncher

SLEEPER = "import sys, time; print('begun', sys.argv[1:], flush=True); time.sleep(60)"


@pytest.fixture
def sleeper():
    """A process that looks like a run's worker."""
    arguments = ["-c", SLEEPER, "cnnviz.runs.worker", "abc"]
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE)
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize(("force", "code"), [(False, -signal.SIGTERM), (True, -signal.SIGKILL)])
def test_a_worker_of_an_earlier_server_is_ended(sleeper, force, code):
    LocalLauncher().stop("abc", sleeper.pid, force)
    assert sleeper.wait(10) == code


def test_a_process_that_is_not_the_runs_worker_is_left_alone(sleeper):
    launcher = LocalLauncher()
    launcher.stop("another run", sleeper.pid)
    launcher.stop("abc", None)
    time.sleep(0.05)
    assert sleeper.poll() is None


def test_a_process_that_has_ended_is_no_error(sleeper):
    sleeper.kill()
    sleeper.wait()
    LocalLauncher().stop("abc", sleeper.pid)


def test_a_worker_is_started_in_a_session_of_its_own(monkeypatch, tmp_path, folder):
    stub = tmp_path / "python"
    stub.write_text('#!/bin/sh\necho "$@" $(ps -o sid= -p $$ 2>/dev/null)\n')
    stub.chmod(0o755)
    monkeypatch.setattr(launch.sys, "executable", str(stub))
    launcher, asked = LocalLauncher(), {}
    popen = subprocess.Popen
    monkeypatch.setattr(
        launch.subprocess, "Popen", lambda *a, **k: (asked.update(k), popen(*a, **k))[1]
    )
    launcher.start("abc", "cpu")
    deadline = time.monotonic() + 10
    while not (ended := launcher.gone()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert ended == ["abc"] and launcher.gone() == []
    assert "-m cnnviz.runs.worker abc" in (folder / "abc" / LOG).read_text()
    assert asked["start_new_session"]


def test_slots_are_read(monkeypatch):
    monkeypatch.setenv("CNNVIZ_SLOTS", "cuda:0=2, cpu=1")
    assert devices.slots() == {"cuda:0": 2, "cpu": 1}
    monkeypatch.setenv("CNNVIZ_SLOTS", "gpu=1")
    with pytest.raises(ValueError, match="CNNVIZ_SLOTS must be written like"):
        devices.slots()


def test_without_a_graphics_card_the_cpu_takes_one(monkeypatch):
    monkeypatch.delenv("CNNVIZ_SLOTS")
    monkeypatch.setattr(devices.shutil, "which", lambda name: None)
    devices._cuda_devices.cache_clear()
    assert devices.slots() == {"cpu": 1}
    devices._cuda_devices.cache_clear()


def test_graphics_cards_are_counted_in_another_process(monkeypatch):
    monkeypatch.delenv("CNNVIZ_SLOTS")
    monkeypatch.setattr(devices.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(devices, "COUNT", "print(2)")
    devices._cuda_devices.cache_clear()
    assert devices.slots() == {"cuda:0": 1, "cuda:1": 1}
    devices._cuda_devices.cache_clear()
