"""Gradient flow in a browser: on a wide screen and on a phone, shared addresses, a run, a stop."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.run_cards import run_card
from tests.browser.visitor import button, on_each_screen, open_on_a_phone

pytestmark = pytest.mark.browser

VIEWS = {"twins": 1, "the chain": 1, "the identity path": 2, "activations": 3}  # and their charts


def charts(page):
    return page.get_by_test_id("stVegaLiteChart").locator("canvas, svg")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_fits_the_screen(server, page, view):
    open_on_a_phone(page, f"{server}/gradient_flow?view={view}&pictures=4")
    expect(charts(page)).to_have_count(VIEWS[view])
    for width in on_each_screen(page):
        expect(charts(page)).to_have_count(VIEWS[view])
        for chart in page.get_by_test_id("stVegaLiteChart").all():
            assert chart.bounding_box()["width"] <= width


def test_the_address_brings_a_chain_back(server, page):
    page.goto(f"{server}/gradient_flow?view=the+chain")
    slide = page.get_by_role("heading", name="= 0.02625")
    expect(slide).to_be_visible()
    weight = page.get_by_label("w", exact=True).first
    weight.fill("2")
    weight.press("Enter")
    changed = page.get_by_role("heading", name="= 0.0875")
    expect(changed).to_be_visible()
    expect(page).to_have_url(re.compile("w1=2"))
    page.reload()
    expect(changed).to_be_visible()
    page.get_by_role("button", name="The slide").click()
    expect(slide).to_be_visible()


def test_the_address_brings_the_twins_back(server, page):
    page.goto(f"{server}/gradient_flow?pictures=4&twins=plain")
    expect(charts(page)).to_have_count(1)
    page.get_by_test_id("stSidebar").get_by_role("radio", name="56").click()
    explodes = page.get_by_text(re.compile(r"^plain-56: its gradient explodes"))
    expect(explodes).to_be_visible()
    assert "twin_layers=56" in page.url
    page.reload()
    expect(explodes).to_be_visible()


def test_long_work_can_be_stopped(server, page):
    page.goto(f"{server}/gradient_flow?twin_layers=110&twins=dense&pictures=16&flow_seed=7")
    page.get_by_role("button", name="Compute").click()
    button(page, "Stop").click()
    expect(page.get_by_role("button", name="Compute")).to_be_visible()
    expect(charts(page)).to_have_count(0)


def test_an_empty_page_leads_to_a_run_and_shows_it(empty_server, page):
    page.goto(f"{empty_server}/gradient_flow?view=over+a+run")
    page.get_by_role("link", name="Train nine layers with sigmoids").click()
    expect(page).to_have_url(re.compile("/train.*mlp_activation=sigmoid"))
    page.goto(page.url + "&train_epochs=1")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(run_card(page, "Fully connected network")).to_contain_text("finished", timeout=300_000)
    page.wait_for_url("**runs=*", timeout=60_000)
    run = re.search(r"runs=(\w+)", page.url).group(1)
    page.goto(f"{empty_server}/gradient_flow?view=over+a+run&run={run}")
    expect(charts(page)).to_have_count(2, timeout=120_000)
    expect(page.get_by_text(re.compile("^first step: its gradient vanishes"))).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
