"""The card of a run on the page Train, as browser tests find it."""

from playwright.sync_api import Locator, Page

LENET5 = "LeNet-5 (all connections)"


def run_card(page: Page, network: str = LENET5) -> Locator:
    """The card of the run of a network on the digits; while it is redrawn there can be two."""
    return page.locator("[data-testid=stHtml]", has_text=f"{network} on digits").last
