"""What all tests share: the test data, a real server, headless Chromium, and no silent skips."""

import itertools
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

# Two threads on shared cores wait for each other: DenseNet-121 takes nine times as long.
torch.set_num_threads(1)

ROOT = Path(__file__).parents[1]
# The first draws no window of its own, which saves a third of the browser tests' computing.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

# Without motion: a running icon is drawn in software for as long as a page computes.
PROFILE = {"viewport": {"width": 1600, "height": 1000}, "reduced_motion": "reduce"}

# Fixtures that one worker makes for all tests that use them.
MADE_ONCE = ("browser", "postgresql", "trained", "official_files", "reports", "wheel")


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of test pictures and weights, which is not part of the project."""
    folder = os.environ.get("CNNVIZ_TEST_DATA")
    if not folder:
        pytest.skip("CNNVIZ_TEST_DATA does not name the folder of test pictures and weights")
    return Path(folder)


@pytest.fixture(scope="session")
def fresh_names(tmp_path_factory) -> Iterator[Path]:
    """Gives folders that do not exist yet: making one for each of 5,000 tests takes long."""
    folder = tmp_path_factory.mktemp("kept")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def runs_folder(fresh_names, monkeypatch) -> Iterator[Path]:
    """Where runs are kept: an empty folder, not that of the person who tests."""
    monkeypatch.delenv("CNNVIZ_DATABASE", raising=False)
    folder = next(fresh_names) / "runs"
    monkeypatch.setenv("CNNVIZ_RUNS", str(folder))
    yield folder
    if "cnnviz.ui.runs.readings" in sys.modules:
        # A page that a test opened would start its waiting runs in the next test's folder.
        sys.modules["cnnviz.ui.runs.readings"]._runs.clear()


@pytest.fixture
def data_folders(tmp_path, monkeypatch) -> None:
    """Empty folders of runs and of data sets, of which the page Train remembers nothing."""
    from cnnviz.ui.runs import data

    data._data.clear()
    data._listed.clear()
    for variable, name in (("RUNS", "runs"), ("DATA", "data"), ("DATA_CACHE", "cache")):
        monkeypatch.setenv(f"CNNVIZ_{variable}", str(tmp_path / name))
    (tmp_path / "data").mkdir()


@pytest.fixture
def write_run():
    """Writes what a run leaves in its folder, with weights drawn by chance instead of trained."""

    def write(folder: Path, network: str = "lenet5_full,num_classes=3", **facts: Any) -> Path:
        from cnnviz.architectures import build
        from cnnviz.architectures.written import read
        from cnnviz.runs.folder import write_record
        from cnnviz.training.checkpoints import BEST, write_checkpoint
        from cnnviz.training.options import TrainingOptions
        from cnnviz.training.plan import Plan

        sized = read(network)
        seen = {
            "title": "clouds",
            "classes": [f"cloud {index}" for index in range(sized.spec.num_classes)],
            "resolution": sized.resolution,
            "mean": [0.5] * 3,
            "std": [0.25] * 3,
        }
        known = {"network": network, "trained_on": seen, "step": 30, "epoch": 3.0}
        tested = {"test_accuracy": 0.972, "test_loss": 0.1}
        tensors = build(sized.spec).state_dict()
        write_checkpoint(folder, BEST, tensors, {**known, **tested, **facts})
        plan = Plan(sized, "clouds", TrainingOptions(epochs=3))
        write_record(folder, {"plan": plan.to_json(), "state": "finished", "message": ""})
        return folder

    return write


@pytest.fixture
def keep_run(runs_folder, write_run):
    """Puts a run with its checkpoint into the store, and gives the run."""

    def keep(network: str, owner: str = "somebody", state: str = "finished", **facts: Any) -> Any:
        from cnnviz.architectures.written import read
        from cnnviz.runs.database import runs
        from cnnviz.runs.rows import change_run
        from cnnviz.runs.store import Store
        from cnnviz.training.options import TrainingOptions
        from cnnviz.training.plan import Plan

        store = Store()
        run = store.create(Plan(read(network), "clouds", TrainingOptions(epochs=3)), owner)
        write_run(run.folder, network, **facts)
        with store.database.writing() as connection:
            change_run(connection, runs.c.id == run.id, state=state)
        return store.run(run.id)

    return keep


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """With ``--dist loadgroup``, tests for which the same takes seconds share a worker."""
    for item in items:
        shared = next((name for name in MADE_ONCE if name in item.fixturenames), None)
        if shared:
            item.add_marker(pytest.mark.xdist_group(shared))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their number: those of a zip, which hold the time, differ by worker."""
    return f"{argname} of {len(val)} bytes" if isinstance(val, bytes) else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With CNNVIZ_NO_SKIPS set, as in CI, a skipped test has failed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CNNVIZ_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
    return report


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_healthy(url: str, server: subprocess.Popen, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"no server at {url} after {seconds} s")


@pytest.fixture(scope="session")
def server_runs(tmp_path_factory):
    """The folder of runs of the server that is tested in a browser."""
    return tmp_path_factory.mktemp("runs")


@contextmanager
def _serving(folder: Path, runs: Path) -> Iterator[str]:
    """The address of ``streamlit run app.py`` with the test weights where there are any."""
    port, log = _free_port(), folder / "log"
    data = os.environ.get("CNNVIZ_TEST_DATA")
    weights = f"{data}/weights" if data else str(folder)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, f"--server.port={port}"],
            cwd=ROOT,
            env={**os.environ, "CNNVIZ_WEIGHTS": weights, "CNNVIZ_RUNS": str(runs)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://localhost:{port}"
    try:
        _wait_until_healthy(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(10)
        print(log.read_text())
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="session")
def server(tmp_path_factory, server_runs):
    """The address of the app; all browser tests of a process share it with its runs."""
    with _serving(tmp_path_factory.mktemp("server"), server_runs) as url:
        yield url


@pytest.fixture
def empty_server(tmp_path_factory):
    """The address of an app in which nobody has trained anything yet."""
    folder = tmp_path_factory.mktemp("empty_server")
    with _serving(folder, folder / "runs") as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium, or a skip that says what is missing."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium-headless-shell)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # two tests and a training share two cores
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def new_visitor(browser):
    """Gives a wide page of a visitor who has never been here.

    Visitors who look at the same time have a profile each, and a profile is used again when its
    visitor has gone: scripts of 9 MB are read and compiled once instead of once a test.
    """
    idle: list[Any] = []

    @contextmanager
    def visit() -> Iterator[Any]:
        profile = idle.pop() if idle else browser.new_context(**PROFILE)
        profile.set_default_timeout(20_000)
        page = profile.new_page()
        yield page
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
        for tab in profile.pages:
            tab.close()
        profile.clear_cookies()
        idle.append(profile)

    return visit


@pytest.fixture
def page(new_visitor):
    """A wide page of a visitor who has never been here."""
    with new_visitor() as page:
        yield page


@pytest.fixture
def other(new_visitor):
    """A page of another visitor at the same time."""
    with new_visitor() as page:
        yield page
