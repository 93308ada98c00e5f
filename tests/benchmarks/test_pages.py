"""Server time of Explore, and how long a visitor waits for the first page."""

import statistics
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

pytestmark = pytest.mark.benchmark

APP = str(Path(__file__).parents[2] / "app.py")


@pytest.mark.parametrize("variant", ["resnet18", "resnet152", "vgg19", "resnet1202_cifar"])
def test_explore_rerun(variant, report):
    """A width that was not shown before, so that nothing of it is cached."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["variant"] = variant
    app.run()
    key = "vgg_width" if variant.startswith("vgg") else "resnet_width"
    seconds = []
    for width in (32, 48, 80, 96, 112):
        app.select_slider(key=key).set_value(width)
        started = time.perf_counter()
        app.run()
        seconds.append(time.perf_counter() - started)
    report(
        f"Explore rerun after a new width, {variant}: median "
        f"{statistics.median(seconds) * 1000:.0f} ms of server time (below 300)"
    )


def test_first_page(server, browser, report):
    """From the address bar to the counts on screen: the first visitor of a server, then others."""
    seconds = []
    for _ in range(6):
        context = browser.new_context()
        page = context.new_page()
        started = time.perf_counter()
        page.goto(server)
        page.get_by_test_id("stMetricValue").first.wait_for()
        seconds.append(time.perf_counter() - started)
        context.close()
    report(
        f"/ is usable {seconds[0]:.2f} s after the first visitor opens it, "
        f"{max(seconds[1:]):.2f} s for the slowest of {len(seconds) - 1} others (below 2)"
    )
