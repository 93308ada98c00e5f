"""Experiments in a browser: arms learn digits, curves appear, others look, the owner stops."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import button, on_each_screen

pytestmark = pytest.mark.browser

# Two small arms, of which one waits for the other; and one alone.
ONE = "experiment=activation&images=500&without=2,3"
TWO = "experiment=activation&images=500&without=3"
SHORT = f"experiments?{ONE}&each_epochs=1"
# Two seeds: the chart with bands.
LONG = f"experiments?{TWO}&budget=seconds&each_seconds=120&seeds=2"


def arms(page):
    # While it is redrawn there can be two of it.
    return page.locator(".rows").last


def start(page, address):
    """Open the page, press the button, and return the link to the group."""
    page.goto(address)
    button(page, "Start all").click()
    expect(arms(page)).to_contain_text(re.compile("waits|training"), timeout=30_000)
    page.wait_for_url(re.compile("group=(?!recorded)"))
    return page.url


def stop(page):
    """Press Stop all until it is heard: a page that is being drawn anew can miss a click."""
    for _ in range(4):
        button(page, "Stop all").click()
        try:
            expect(button(page, "Stop all")).to_have_count(0, timeout=15_000)
            return
        except AssertionError:
            continue
    raise AssertionError("four clicks did not stop the runs")


def test_an_arm_learns_and_a_reload_finds_it(server, page):
    link = start(page, f"{server}/{SHORT}")
    expect(page.get_by_text("Too short to support the claim")).to_be_visible(timeout=120_000)
    expect(arms(page)).to_contain_text(re.compile(r"ReLU\s*61\.71 k\s*finished\s*3"))
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    page.reload()
    expect(page.get_by_text("Too short to support the claim")).to_be_visible(timeout=30_000)
    assert page.url == link
    page.get_by_test_id("stSidebar").get_by_label("Experiment", exact=True).click()
    page.get_by_role("option", name="Kernels and heads", exact=True).click()
    expect(page.get_by_text("beat one 5x5")).to_be_visible(timeout=30_000)
    page.go_back()
    expect(arms(page)).to_contain_text(re.compile(r"ReLU\s*61\.71 k\s*finished\s*3"))
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_others_look_at_a_zoom_survives_and_the_owner_stops(
    server, page, browser, ticks, zoomed_in
):
    link = start(page, f"{server}/{LONG}")
    # The first seed's steps: the charts are those of these runs, and no longer the recorded ones.
    expect(arms(page)).to_contain_text(re.compile(r"0 to [1-9]"), timeout=60_000)
    whole = zoomed_in(page)
    zoomed = ticks(page)
    assert zoomed[-1] != whole[-1]
    for _ in range(2):  # the charts stand above the table: the first has been redrawn by then
        before = arms(page).inner_text()
        expect(arms(page)).not_to_have_text(before, timeout=10_000)
    assert ticks(page) == zoomed
    other = browser.new_context().new_page()
    other.goto(link)
    expect(other.get_by_text("Started by another visitor")).to_be_visible(timeout=30_000)
    for _ in on_each_screen(other):
        expect(other.get_by_test_id("stVegaLiteChart").first).to_be_visible(timeout=30_000)
        expect(button(other, "Stop all")).to_have_count(0)
    other.context.close()
    stop(page)
    expect(arms(page)).to_contain_text(re.compile(r"tanh\s*61\.71 k\s*2 stopped"))
