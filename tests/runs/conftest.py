"""A store on each database, plans that are trained in a moment, and a launcher that only notes."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from cnnviz.architectures.written import read
from cnnviz.runs import recording, worker
from cnnviz.runs.database import metadata, runs
from cnnviz.runs.queue import dispatch
from cnnviz.runs.rows import change_run
from cnnviz.runs.store import Store
from cnnviz.training.measurement import Measurement
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan

DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql")))
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=16MB"
USERS = ("postgres", "nobody")
ONE = {"cpu": 1}
ENOUGH = 300.0  # seconds after which something that should happen has not


def program(name: str) -> str | None:
    """A program of PostgreSQL: Debian keeps them outside the PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(kept[-1]) if kept else shutil.which(name)


def as_user(folder: Path) -> list[str]:
    """What a command begins with so that it is not root's, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return []
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    user = next(name for name in USERS if name in known)
    entry = pwd.getpwnam(user)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]


@pytest.fixture(scope="session")
def postgresql():
    """The address of a PostgreSQL of these tests alone; it listens on a socket in its folder."""
    initdb, server_control = program("initdb"), program("pg_ctl")
    if not (initdb and server_control):
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="cnnviz-pg-", dir="/tmp"))  # short: a socket's path
    user = as_user(folder)

    def call(*command: str) -> None:
        done = subprocess.run([*user, *command], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    data = str(folder / "data")
    try:
        call(initdb, "-D", data, "-U", "cnnviz", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses= {FAST}"
        log = str(folder / "log")
        call(server_control, "-D", data, "-o", options, "-l", log, "-w", "start")
        yield f"postgresql://cnnviz@/postgres?host={folder}"
        call(server_control, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder of runs, and a machine with usual limits."""
    for name in ("DATABASE", "SLOTS", "MAX_SECONDS", "MAX_EPOCHS", "MAX_RUNS", "KEEP_DAYS"):
        monkeypatch.delenv(f"CNNVIZ_{name}", raising=False)
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_SLOTS", "cpu=100")  # one thread a run
    return tmp_path / "runs"


@pytest.fixture(params=DATABASES)
def store(request, folder):
    """An empty store on SQLite, and one on PostgreSQL."""
    if request.param == "sqlite":
        yield Store()
        return
    made = Store(request.getfixturevalue("postgresql"))
    yield made
    with made.database.writing() as connection:
        metadata.drop_all(connection)
    made.database.close()


@pytest.fixture(scope="session")
def plan():
    """LeNet on a few digits."""
    network = read("lenet5_full,num_classes=10,in_channels=1")
    return Plan(network, "digits", TrainingOptions(epochs=2, train_images=500))


@pytest.fixture
def change(store):
    """Change columns of a run as time or an accident would."""

    def changed(run_id, **values):
        with store.database.writing() as connection:
            change_run(connection, runs.c.id == run_id, **values)

    return changed


class NotingLauncher:
    """A launcher that starts nothing."""

    def __init__(self, error=None):
        self.started, self.stopped, self.ended = [], [], []
        self.error = error

    def start(self, run_id, device):
        if self.error:
            raise self.error
        self.started.append((run_id, device))

    def stop(self, run_id, process, force=False):
        self.stopped.append((run_id, process, force))

    def gone(self):
        ended, self.ended = self.ended, []
        return ended


@pytest.fixture
def launcher():
    return NotingLauncher()


@pytest.fixture
def measured():
    """Makes measurements of steps, each with a train loss and, where given, a test accuracy."""

    def made(*steps, **values):
        return [
            Measurement(step, step / 10, step / 100, train_loss=1.0, **values) for step in steps
        ]

    return made


@contextmanager
def signals_kept():
    kept = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, action in kept.items():
        signal.signal(each, action)


def wait_until(happens):
    deadline = time.monotonic() + ENOUGH
    while not happens():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@pytest.fixture
def carry_out(monkeypatch, store, launcher):
    """Carries a new run out in this process; what it trains is a generator of the test's."""
    monkeypatch.setenv("CNNVIZ_DATABASE", address(store))

    def carried(plan, training=None, run_id=None):
        if training:
            monkeypatch.setattr(recording, "run_plan", training)
        run_id = run_id or store.create(plan, "one").id
        dispatch(store, launcher, ONE, "here")
        with signals_kept():
            code = worker.main(run_id)
        return code, run_id

    return carried


def address(store):
    return store.database._engine.url.render_as_string(hide_password=False)


def points(*steps, **values):
    return [Measurement(step, step / 10, step / 10, train_loss=1.0, **values) for step in steps]


def until_stopped(begin):
    """Training that measures a little, does something and goes on until it is steered to an end."""

    def training(plan, folder, steering, device, progress):
        yield from points(1, 2)
        begin(steering)
        wait_until(lambda: steering.stop)
        yield from points(3)

    return training
