"""What a visitor does in every test: waits, and looks at a page on a phone and on a wide screen."""

from collections.abc import Iterator

from playwright.sync_api import Locator, Page, expect

WIDTHS = (400, 1600)  # a phone, a wide screen


def settle(page: Page) -> None:
    """Wait until the script run that an action started has ended."""
    page.wait_for_timeout(300)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)


def button(page: Page, name: str) -> Locator:
    """A page's own button: while a script runs, Streamlit's header has a Stop too."""
    return page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True)


def on_each_screen(page: Page) -> Iterator[int]:
    """Give each width in pixels, for an open page to be looked at that must not be wider."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        yield width
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        main = page.get_by_test_id("stMain")
        assert main.evaluate("element => element.scrollWidth") <= width


def open_on_a_phone(page: Page, address: str) -> None:
    """Open an address on the narrower of the screens."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(address)
    expect(page.get_by_role("heading").first).to_be_visible(timeout=60_000)
