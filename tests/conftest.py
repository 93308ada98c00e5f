"""What all tests share: the test data, a real server, headless Chromium, and no silent skips."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import torch

# Two threads on shared cores wait for each other: DenseNet-121 takes nine times as long.
torch.set_num_threads(1)

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of test pictures and weights, which is not part of the project."""
    folder = os.environ.get("CNNVIZ_TEST_DATA")
    if not folder:
        pytest.skip("CNNVIZ_TEST_DATA does not name the folder of test pictures and weights")
    return Path(folder)


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
def server(tmp_path_factory):
    """The address of ``streamlit run app.py`` with the test weights where there are any."""
    port, log = _free_port(), tmp_path_factory.mktemp("server") / "log"
    data = os.environ.get("CNNVIZ_TEST_DATA")
    weights = f"{data}/weights" if data else str(tmp_path_factory.mktemp("weights"))
    runs = str(tmp_path_factory.mktemp("runs"))
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, f"--server.port={port}"],
            cwd=ROOT,
            env={**os.environ, "CNNVIZ_WEIGHTS": weights, "CNNVIZ_RUNS": runs},
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
def browser():
    """Headless Chromium, or a skip that says what is missing."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A wide page of a visitor who has never been here."""
    context = browser.new_context(viewport={"width": 1600, "height": 1000})
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()
