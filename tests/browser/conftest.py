"""What the browser's tests share: a zoomed chart, its axis, and a run to look at."""

import pytest
from playwright.sync_api import expect

from cnnviz.architectures.written import read
from cnnviz.runs.importing import import_folder
from cnnviz.runs.recording import recorded
from cnnviz.runs.store import Store
from cnnviz.training.options import TrainingOptions
from cnnviz.training.plan import Plan


@pytest.fixture
def ticks():
    """Gives the numbers at a page's first chart's horizontal axis."""

    def numbers(page):
        chart = page.get_by_test_id("stVegaLiteChart").first
        return chart.locator("g.role-axis-label").first.locator("text").all_text_contents()

    return numbers


@pytest.fixture
def zoomed_in(ticks):
    """Zooms into a page's first chart with Control and the wheel, and gives the ticks before."""

    def at_rest(page):
        """The ticks once two looks at them agree."""
        before: list[str] = []
        while (now := ticks(page)) != before or not now:
            before = now
            page.wait_for_timeout(500)
            expect(page.locator("g.role-axis-label text").first).to_be_visible(timeout=60_000)
        return now

    def zoom(page):
        chart = page.get_by_test_id("stVegaLiteChart").first
        expect(chart.locator("g.role-axis-label text").first).to_be_visible(timeout=60_000)
        whole = at_rest(page)
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.6 * box["height"])
        page.keyboard.down("Control")
        for _ in range(6):
            page.mouse.wheel(0, -200)
            page.wait_for_timeout(50)
        page.keyboard.up("Control")
        at_rest(page)
        return whole

    return zoom


@pytest.fixture(scope="session")
def finished_run(server_runs, tmp_path_factory):
    """The id of a run on the digits that the server knows, trained a moment ago."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    network = read("lenet5_full,num_classes=10,in_channels=1")
    plan = Plan(network, "digits", TrainingOptions(epochs=3, train_images=1000))
    for _ in recorded(plan, folder, device="cpu"):
        pass
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_RUNS", str(server_runs))
        return import_folder(Store(), folder).run.id
