"""The convolution lab as a visitor uses it: step, play, edit a cell, keyboard, address, phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import on_each_screen, open_on_a_phone

pytestmark = pytest.mark.browser


def opened(page, server, query=""):
    page.goto(f"{server}/convolution_lab{query}")
    expect(page.locator(".sliding .sum")).to_contain_text("=", timeout=60_000)


def sum_of(page):
    return page.locator(".sliding .sum")


def test_the_window_steps_by_button_and_keyboard_and_the_address_keeps_its_place(server, page):
    opened(page, server)
    expect(sum_of(page)).to_have_text(
        "7x1 + 2x0 + 3x(-1) + 4x1 + 5x0 + 3x(-1) + 3x1 + 3x0 + 2x(-1) = 6"
    )
    page.get_by_role("button", name="One position on").click()
    expect(sum_of(page)).to_contain_text("= -9")
    page.locator(".sliding").focus()
    page.keyboard.press("ArrowDown")
    expect(sum_of(page)).to_contain_text("= -2")
    page.wait_for_url("**/convolution_lab?*at=4*")
    page.reload()
    expect(sum_of(page)).to_contain_text("= -2", timeout=60_000)


def test_it_plays_to_the_end_without_the_server(server, page):
    opened(page, server)
    page.get_by_label("Speed").select_option("fastest")
    page.get_by_role("button", name="Play").click()
    expect(sum_of(page)).to_contain_text("= -2")
    expect(page.locator(".sliding td.later")).to_have_count(0)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_changed_cell_changes_its_sums_and_the_address(server, page):
    opened(page, server)
    cell = page.get_by_label("5 x 5, row 1, column 1", exact=True).first
    cell.fill("9")
    cell.press("Enter")
    expect(sum_of(page)).to_contain_text("= 8")
    page.wait_for_url("**grid=9*")
    cell = page.get_by_label("5 x 5, row 1, column 1", exact=True).first
    cell.fill("nine")
    cell.press("Enter")
    expect(page.get_by_text("A cell must be made of numbers; received 'nine'.")).to_be_visible()
    expect(cell).to_have_value("9")
    expect(sum_of(page)).to_contain_text("= 8")


@pytest.mark.parametrize(
    "query",
    [
        *("?example=Padding+2", "?over=photo", "?example=Three+channels,+two+filters"),
        *("?section=pooling", "?section=design+arithmetic", "?section=why+not+fully+connected"),
        *("?section=add+or+concatenate", "?section=augmentation"),
        *("?section=filters+on+your+photo", "?section=activations+and+normalisation"),
    ],
)
def test_every_section_fits_a_wide_screen_and_a_phone(server, page, query):
    open_on_a_phone(page, f"{server}/convolution_lab{query}")
    for _ in on_each_screen(page):
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_bias_and_a_cell_of_a_turned_kernel_are_edited_where_they_stand(server, page):
    opened(page, server, "?example=Transposed&kernel=1+2;+3+4&slide_padding=0")
    first = page.get_by_label("filter 1, weights, row 1, column 1", exact=True)
    expect(first).to_have_value("4")  # a transposed kernel is shown as it slides: turned
    first.fill("9")
    first.press("Enter")
    page.wait_for_url("**kernel=1+2%3B+3+9*")
    bias = page.get_by_label("filter 1, bias, row 1, column 1", exact=True)
    bias.fill("-2")
    bias.press("Enter")
    expect(sum_of(page)).to_contain_text("+ bias (-2)")
    page.wait_for_url("**bias=-2*")


def test_a_tensor_is_edited_where_it_stands(server, page):
    page.goto(f"{server}/convolution_lab?section=add+or+concatenate")
    cell = page.get_by_label("First, row 1, column 1", exact=True)
    expect(cell).to_have_value("1", timeout=60_000)
    cell.fill("40")
    cell.press("Enter")
    page.wait_for_url("**add_first=40*")
    expect(page.get_by_label(re.compile("^Concatenated: .*40"))).to_be_visible()
    cell.fill("four")
    cell.press("Enter")
    expect(page.get_by_text("A cell must be made of numbers; received 'four'.")).to_be_visible()
    expect(cell).to_have_value("40")
