"""Feature reuse in a browser: the matrices on a wide screen and on a phone, a shared address."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CELLS = 3 * 13 * 14 // 2  # three blocks of twelve layers, each with what follows it


def cells(page):
    """The cells of both networks; the frames around them have no words."""
    return page.locator(".drawing svg rect:has(title)")


@pytest.mark.parametrize("width", [1600, 400])
def test_the_matrices_fit_the_screen(server, browser, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"{server}/feature_reuse")
    expect(cells(page)).to_have_count(2 * CELLS)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    main = page.get_by_test_id("stMain")
    assert main.evaluate("element => element.scrollWidth") <= width
    context.close()


def test_the_address_carries_the_definition(server, page):
    page.goto(f"{server}/feature_reuse")
    expect(cells(page)).to_have_count(2 * CELLS)
    before = cells(page).first.text_content()
    page.get_by_test_id("stSidebar").get_by_label("How much is read", exact=True).first.click()
    page.get_by_role("option", name="max", exact=True).click()
    expect(cells(page).first).not_to_have_text(before)
    assert "definition=max" in page.url
    after = cells(page).first.text_content()
    page.reload()
    expect(cells(page).first).to_have_text(after)
    expect(page.get_by_test_id("stException")).to_have_count(0)
