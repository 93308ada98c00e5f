"""What the browser's tests share: a chart that is zoomed by hand, and its axis."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def ticks():
    """Gives the numbers at a page's first chart's horizontal axis."""

    def found(page):
        chart = page.get_by_test_id("stVegaLiteChart").first
        return chart.locator("g.role-axis-label").first.locator("text").all_text_contents()

    return found


@pytest.fixture
def zoomed_in(ticks):
    """Zooms into a page's first chart with Control and the wheel, and gives the ticks before."""

    def zoom(page):
        chart = page.get_by_test_id("stVegaLiteChart").first
        expect(chart).to_be_visible(timeout=60_000)
        page.wait_for_timeout(3000)
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        whole = ticks(page)
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.6 * box["height"])
        page.keyboard.down("Control")
        for _ in range(6):
            page.mouse.wheel(0, -200)
            page.wait_for_timeout(100)
        page.keyboard.up("Control")
        page.wait_for_timeout(1000)
        return whole

    return zoom
