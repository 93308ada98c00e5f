"""Train in a browser: digits are learned, a reload finds the run, others may look but not stop."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.run_cards import run_card
from tests.browser.visitor import button

pytestmark = pytest.mark.browser

SHORT = "train?train_epochs=3&train_train_images=500"
LONG = "train?train_epochs=0&train_seconds=120"


def stop(page):
    """Press Stop until it is heard: a page that is being drawn anew can miss a click."""
    for _ in range(4):
        button(page, "Stop").click()
        try:
            expect(run_card(page)).to_contain_text("stopped", timeout=15_000)
            return
        except AssertionError:
            continue
    raise AssertionError("four clicks did not stop the run")


def start(page, address):
    """Open the page, press Train, and return the link to the run."""
    page.goto(address)
    button(page, "Train").click()
    expect(run_card(page)).to_contain_text(re.compile("waits|training"), timeout=30_000)
    page.wait_for_url("**/train?*runs=*")
    return page.url


@pytest.fixture
def others(browser):
    """Another visitor's page, on a phone."""
    context = browser.new_context(viewport={"width": 400, "height": 800}, is_mobile=True)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def test_digits_are_learned_and_a_reload_finds_the_run(server, page):
    link = start(page, f"{server}/{SHORT}")
    expect(run_card(page)).to_contain_text("finished", timeout=300_000)
    expect(run_card(page)).to_contain_text(re.compile(r"Test accuracy\s*\d\d\.\d %"))
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    page.reload()
    expect(run_card(page)).to_contain_text("Finished after 3 epochs", timeout=30_000)
    page.goto(f"{server}/train")
    expect(run_card(page)).to_contain_text("finished", timeout=30_000)
    assert re.search(r"runs=\w+", link)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_zoom_survives_another_visitor_looks_and_the_owner_stops(
    server, page, others, ticks, zoomed_in
):
    link = start(page, f"{server}/{LONG}")
    expect(run_card(page)).to_contain_text(re.compile(r"Test accuracy\s*\d"), timeout=60_000)
    whole = zoomed_in(page)
    zoomed = ticks(page)
    assert zoomed[0] != whole[0]
    assert len(zoomed) > 2
    for _ in range(2):  # the charts follow the card, so that the first has been redrawn by then
        card = run_card(page).inner_text()
        expect(run_card(page)).not_to_have_text(card, timeout=10_000)
    assert ticks(page) == zoomed
    others.goto(link)
    expect(run_card(others)).to_contain_text("Started by another visitor", timeout=30_000)
    expect(others.get_by_test_id("stVegaLiteChart").first).to_be_visible(timeout=30_000)
    assert others.evaluate("document.documentElement.scrollWidth") <= 400
    expect(button(others, "Stop")).to_have_count(0)
    second_tab = page.context.new_page()
    second_tab.goto(link)
    expect(button(second_tab, "Stop")).to_be_visible(timeout=30_000)
    stop(second_tab)
    expect(run_card(page)).to_contain_text("stopped", timeout=30_000)
    expect(run_card(others)).to_contain_text("stopped", timeout=30_000)
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
