"""The Feature maps and Grad-CAM pages as a visitor uses them: click, keyboard, address, phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import button, on_each_screen, open_on_a_phone, settle

pytestmark = pytest.mark.browser


def cell(page, channel):
    return page.locator(f'.picture [data-select="{channel}"]').first


def large(page, channel):
    return page.get_by_text(re.compile(f"^Map {channel}: mean "))


def ready(page):
    expect(page.get_by_text(re.compile(r"^\d+ maps\. Raw values: "))).to_be_visible(timeout=60_000)


def test_a_click_on_a_map_shows_it_large_and_the_address_brings_it_back(server, page, other):
    page.goto(f"{server}/feature_maps")
    ready(page)
    cell(page, 7).click()
    expect(large(page, 7)).to_be_visible()
    page.wait_for_url("**/feature_maps?*map=7*")
    other.goto(page.url)
    expect(large(other, 7)).to_be_visible(timeout=60_000)
    page.reload()
    expect(large(page, 7)).to_be_visible(timeout=60_000)


def test_a_map_is_chosen_from_the_keyboard(server, page):
    page.goto(f"{server}/feature_maps?order=in+order")
    ready(page)
    cell(page, 12).focus()
    page.keyboard.press("Enter")
    expect(large(page, 12)).to_be_visible()


def test_a_layer_is_chosen_in_the_picture(server, page):
    page.goto(f"{server}/feature_maps")
    ready(page)
    page.get_by_text("Choose the layer in the network's drawing").click()
    layer = page.locator('[data-select="stages.0.fire2.squeeze"]').first
    layer.locator("path, rect").first.click()
    expect(page.get_by_text("stages.0.fire2.squeeze: 16 x 55 x 55")).to_be_visible()
    page.wait_for_url("**/feature_maps?*card=stages.0.fire2.squeeze*")


def test_quick_clicks_end_at_the_last_map(server, page):
    page.goto(f"{server}/feature_maps?order=in+order")
    ready(page)
    for channel in (3, 9, 14, 20):
        cell(page, channel).click(no_wait_after=True)
    settle(page)
    expect(large(page, 20)).to_be_visible()


def test_the_network_is_switched_while_a_page_loads(server, page):
    page.goto(f"{server}/grad_cam?view=methods")
    sidebar = page.get_by_test_id("stSidebar")
    sidebar.get_by_label("Architecture", exact=True).first.click()
    page.get_by_role("option", name="all_cnn", exact=True).click()
    settle(page)
    expect(page.get_by_text("Random weights: this network is untrained")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_visualisation_runs_with_a_preview_and_is_stopped(server, page):
    page.goto(
        f"{server}/feature_maps?view=what+it+dreams+of&card=stages.2.fire9.expand_3x3&steps=256"
    )
    page.get_by_role("button", name=re.compile("^Make an image for map")).click()
    stop = button(page, "Stop")
    expect(stop).to_be_visible(timeout=30_000)
    expect(page.get_by_role("progressbar").first).to_be_visible()
    stop.click()
    start = page.get_by_role("button", name=re.compile("^Make an image for map"))
    expect(start).to_be_visible(timeout=30_000)


@pytest.mark.parametrize(
    "address",
    [
        *("/feature_maps", "/feature_maps?view=filters", "/feature_maps?view=shallow+to+deep"),
        *("/feature_maps?view=what+excites+it", "/feature_maps?view=classic+filters"),
        *("/grad_cam?view=methods", "/grad_cam?view=networks", "/grad_cam?view=classes"),
        *("/grad_cam?view=crops", "/grad_cam?view=augmentation", "/grad_cam?view=believe+it%3F"),
    ],
)
def test_every_view_fits_a_wide_screen_and_a_phone(server, page, address):
    open_on_a_phone(page, f"{server}{address}")
    for _ in on_each_screen(page):
        expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_a_phone_begins_at_the_title(server, page):
    """Though the first map, which is chosen, lies below what a phone shows."""
    open_on_a_phone(page, f"{server}/feature_maps")
    ready(page)
    settle(page)
    assert page.get_by_test_id("stMain").evaluate("element => element.scrollTop") == 0
