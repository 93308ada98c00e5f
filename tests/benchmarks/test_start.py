"""How long imports, commands and the app take to start, beyond Python and torch."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark

ROOT = Path(__file__).parents[2]
ROUNDS = 5


def median_seconds(code: str) -> float:
    """The median of some processes that run code."""

    def once() -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
        return time.perf_counter() - started

    return statistics.median(once() for _ in range(ROUNDS))


def test_import(report):
    seconds = median_seconds("import cnnviz") - median_seconds("pass")
    report(f"import cnnviz: {seconds:.3f} s beyond Python itself (at most 0.3)")


def test_list(report):
    listing = "from cnnviz.__main__ import main; main(['list'])"
    seconds = median_seconds(listing) - median_seconds("import torch")
    report(f"cnnviz list: {seconds:.2f} s beyond import torch (at most 0.5)")


@pytest.mark.parametrize("time_of_three", [1, 2, 3])
def test_app(time_of_three, page, request, report):
    """From the start of a server to the counts on a page; the first time reads its files."""
    started = time.perf_counter()
    page.goto(request.getfixturevalue("empty_server"))
    page.get_by_test_id("stMetricValue").first.wait_for(timeout=60_000)
    seconds = time.perf_counter() - started
    report(f"the app: {seconds:.1f} s to a usable page (at most 8, warm, on two idle cores)")
