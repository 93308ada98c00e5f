"""One tick of the live page while sixty look at a run: what a viewer waits for."""

import json
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.benchmark

VIEWERS = Path(__file__).with_name("viewers.py")
ADDRESS = "train?train_epochs=0&train_seconds=300"


def processor_seconds(port: str) -> float:
    """What the server of a port has used so far; its workers are processes of their own."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text()
        except OSError:  # it has ended since
            continue
        if f"--server.port={port}" in command:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / 100
    raise LookupError(port)


@pytest.mark.parametrize("viewers", [1, 10, 60])
def test_a_tick(server, page, report, viewers):
    page.goto(f"{server}/{ADDRESS}")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible(timeout=90_000)
    query = re.search(r"runs=\w+", page.url)[0]
    port = server.rpartition(":")[2]
    command = [sys.executable, str(VIEWERS), server, query, str(viewers), "12"]
    started, used = time.perf_counter(), processor_seconds(port)
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    busy = (processor_seconds(port) - used) / (time.perf_counter() - started)
    waited = json.loads(found.stdout)
    report(
        f"live page, {viewers} viewers: a tick takes {statistics.median(waited):.0f} ms (median of "
        f"{len(waited)} from the request to the end of its script run; below 50), 90 % within "
        f"{sorted(waited)[int(0.9 * len(waited))]:.0f} ms; the server keeps {busy:.0%} of a core "
        "busy, opening the pages included"
    )
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible(timeout=30_000)
