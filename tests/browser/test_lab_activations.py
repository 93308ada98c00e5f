"""Cells between convolutions as a visitor edits them, and every part on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import open_on_a_phone

pytestmark = pytest.mark.browser

SECTION = "convolution_lab?section=activations+and+normalisation"


def test_a_number_is_changed_by_the_keyboard(server, page):
    page.goto(f"{server}/{SECTION}&activate_x=-3+-1")
    cell = page.get_by_label(re.compile("^x, a grid of numbers, row 1, column 1"))
    expect(cell).to_have_value("-3", timeout=60_000)
    cell.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("2.5")
    page.keyboard.press("Enter")
    page.wait_for_url("**activate_x=2.5*")
    expect(page.get_by_label(re.compile(r"^ReLU: f\(x\) 2.5 0; slope f'\(x\) 1 0"))).to_be_visible()


@pytest.mark.parametrize("over", ["numbers", "photo&architecture=resnet&variant=resnet20_cifar"])
def test_every_part_fits_a_phone(server, page, over):
    for part in ("activations", "local+response+norm", "batch+norm", "dropout"):
        open_on_a_phone(page, f"{server}/{SECTION}&part={part}&over={over}")
        shown = page.locator(".cells, [data-testid=stImage] img").first
        expect(shown).to_be_visible(timeout=60_000)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
