"""The lab's filters and augmentations on numbers, as a visitor edits them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import on_each_screen, open_on_a_phone

pytestmark = pytest.mark.browser
WAIT = 60_000


def test_a_kernel_and_its_picture_are_edited_where_they_stand(server, page):
    page.goto(
        f"{server}/convolution_lab?section=filters+on+your+photo&on=numbers&whose=your+own"
        "&own_kernel=0+1+0&filter_grid=1+2;+3+4"
    )
    kernel = page.get_by_label("Your kernel: type into its cells, row 1, column 2", exact=True)
    expect(kernel).to_have_value("1", timeout=WAIT)
    kernel.fill("5")
    kernel.press("Enter")
    made = page.get_by_label(re.compile("^Map: The map that the filter makes 5 10, 15 20"))
    expect(made).to_be_visible(timeout=WAIT)
    cell = page.get_by_label("Image, row 2, column 2", exact=True)
    cell.fill("7")
    cell.press("Enter")
    made = page.get_by_label(re.compile("^Map: The map that the filter makes 5 10, 15 35"))
    expect(made).to_be_visible(timeout=WAIT)
    page.wait_for_url(re.compile("own_kernel=0(\\+|%20)5(\\+|%20)0"))
    page.reload()
    expect(made).to_be_visible(timeout=WAIT)


@pytest.mark.parametrize(
    "query",
    [
        "?section=filters+on+your+photo&on=numbers",
        "?section=augmentation&on=numbers",
        "?section=why+not+fully+connected&over=photo",
    ],
)
def test_numbers_and_photos_fit_a_wide_screen_and_a_phone(server, page, query):
    open_on_a_phone(page, f"{server}/convolution_lab{query}")
    for _ in on_each_screen(page):
        expect(page.get_by_role("heading", level=1)).to_be_visible()
