"""One tick of the live page while sixty look at a run: what a viewer waits for."""

import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import button

pytestmark = pytest.mark.benchmark

VIEWERS = Path(__file__).with_name("viewers.py")
ADDRESS = "train?train_epochs=0&train_seconds=300"


def process_of(port: str) -> str:
    """The server of a port; its workers are processes of their own."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text()
        except OSError:  # it has ended since
            continue
        if f"--server.port={port}" in command:
            return folder.name
    raise LookupError(port)


@pytest.mark.parametrize("viewers", [1, 10, 60])
def test_a_tick(server, page, report, viewers):
    page.goto(f"{server}/{ADDRESS}")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible(timeout=90_000)
    address = page.url
    query = re.search(r"runs=\w+", address)[0]
    page.goto("about:blank")  # the viewers of a class draw on machines of their own
    process = process_of(server.rpartition(":")[2])
    command = [sys.executable, str(VIEWERS), server, query, str(viewers), "12", process]
    figures = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    waited = sorted(figures["waited"])
    spent = 1000 * figures["used"] / len(waited)
    report(
        f"live page, {viewers} viewers: a tick takes {spent:.0f} ms of "
        f"the server's processor (below 50); a viewer waits {statistics.median(waited):.0f} ms for "
        f"it, 90 % at most {waited[int(0.9 * len(waited))]:.0f} ms"
    )
    page.goto(address)
    button(page, "Stop").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible(timeout=30_000)
