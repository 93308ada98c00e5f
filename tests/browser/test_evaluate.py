"""Evaluate in a browser: a new run is tested, and a clicked cell shows its images."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CELLS = re.compile(r"^\d predicted as \d: [\d,]+$")


def test_a_bundled_network_leads_to_its_feature_maps(server, page):
    page.goto(f"{server}/evaluate?run=lenet5_fashion_mnist")
    inside = page.get_by_test_id("stMain").get_by_role("link", name="Feature maps")
    inside.click()
    page.wait_for_url("**/feature_maps?*weights=lenet5_fashion_mnist*")
    expect(page.get_by_text("Trained for this project on Fashion-MNIST")).to_be_visible()


def click_cell(page, row, column):
    """Click a cell by what it says, wherever it is."""
    page.locator(f'path[aria-label^="{row} predicted as {column}: "]').click(force=True)


def test_a_clicked_cell_shows_its_images_and_a_file_can_be_taken(server, page, finished_run):
    page.goto(f"{server}/evaluate?run={finished_run}&view=confusion")
    cell = page.get_by_role("heading", name=CELLS)
    expect(cell).to_be_visible(timeout=90_000)
    page.wait_for_timeout(1000)  # until the drawing listens
    click_cell(page, 6, 6)
    expect(cell).to_have_text(re.compile(r"^6 predicted as 6: [1-9]"))
    count = int(cell.inner_text().split(": ")[1])
    expect(page.locator(".tiles figure")).to_have_count(count)
    click_cell(page, 0, 0)
    expect(cell).to_have_text(re.compile(r"^0 predicted as 0: [1-9]"))
    page.get_by_text("Download", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Checkpoint").click()
    assert download.value.suggested_filename == "best.safetensors"
    assert download.value.path().stat().st_size > 100_000
    expect(page.get_by_test_id("stException")).to_have_count(0)
