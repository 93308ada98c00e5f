"""The picture, the card, the exercise and the code, as a visitor uses them."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from cnnviz.architectures import variant
from tests.browser.visitor import on_each_screen, open_on_a_phone, settle

pytestmark = pytest.mark.browser

FAMILIES = ("lenet5", "vgg16", "inception_v3", "resnet1202_cifar", "densenet121", "highway19_cifar")


def layer(page, name):
    """A layer of the picture, by its name."""
    return page.locator(f'[data-select="{name}"]').first


def card(page, name):
    return page.get_by_role("heading", name=re.compile(f"^{re.escape(name)}: "))


def ready(page):
    expect(page.locator(".picture svg")).to_be_visible(timeout=30_000)


def test_a_click_opens_the_card_and_the_address_brings_it_back(server, page, other):
    page.goto(server)
    ready(page)
    layer(page, "stem.conv").click()
    expect(card(page, "stem.conv")).to_be_visible()
    numbers = page.get_by_text("(224 + 2x3 - 7) / 2 + 1 = 112.5, rounded down to 112")
    expect(numbers).to_be_visible()
    page.wait_for_url("**/?*card=stem.conv*")

    other.goto(page.url)
    expect(card(other, "stem.conv")).to_be_visible(timeout=30_000)
    expect(other.locator(".picture .selected")).to_have_attribute("data-select", "stem.conv")

    layer(page, "stages.0.0.conv1").click()
    expect(card(page, "stages.0.0.conv1")).to_be_visible()
    page.go_back()
    expect(card(page, "stem.conv")).to_be_visible()


def test_a_click_on_a_row_of_the_table_opens_the_card(server, page):
    page.goto(server)
    ready(page)
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    settle(page)
    # The table is a canvas: the box before the third row's name, below the heading.
    table.click(position={"x": 16, "y": 35 * 3.5})
    expect(card(page, "stem.relu")).to_be_visible()
    expect(page.locator(".picture .selected")).to_have_attribute("data-select", "stem.conv")


def test_blocks_open_and_close_in_the_address(server, page):
    page.goto(f"{server}/?show=graph")
    ready(page)
    expect(layer(page, "stages.0.0.conv1")).to_have_count(0)
    page.locator('[data-toggle="stages.0.0"]').click()
    expect(layer(page, "stages.0.0.conv1")).to_be_visible()
    page.wait_for_url("**/?*open=stages.0.0*")
    page.reload()
    expect(layer(page, "stages.0.0.conv1")).to_be_visible(timeout=30_000)
    page.go_back()
    expect(layer(page, "stages.0.0.conv1")).to_have_count(0)


def test_the_picture_works_from_the_keyboard(server, page):
    page.goto(f"{server}/?variant=lenet5")
    ready(page)
    layer(page, "stages.0.c1").focus()
    page.keyboard.press("Enter")
    expect(card(page, "stages.0.c1")).to_be_visible()


def test_dragging_pans_and_selects_nothing(server, page):
    page.goto(f"{server}/?variant=googlenet")
    ready(page)
    box = page.locator(".picture").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 300, middle[1], steps=5)
    page.mouse.up()
    assert page.locator(".picture").evaluate("element => element.scrollLeft") == 300
    settle(page)
    assert "card=" not in page.url


def test_an_answer_is_told_right_or_which_step_went_wrong(server, page):
    page.goto(f"{server}/?variant=vgg16&hide=params,macs&seed=3")
    ready(page)
    answer = page.get_by_placeholder("your answer, then Enter").nth(1)
    answer.fill("36,864")
    answer.press("Enter")
    expect(page.get_by_text("The bias is missing: one number for every")).to_be_visible()
    answer.fill("36,928")
    answer.press("Enter")
    expect(page.get_by_text("Your answer: 36,928")).to_be_visible()
    expect(page.get_by_text("Right.")).to_be_visible()
    expect(page.get_by_text("1 of 10 questions done.")).to_be_visible()


def test_exported_code_runs_and_counts_as_the_page_does(server, page, tmp_path):
    page.goto(f"{server}/?section=code&resnet_width=32")
    ready(page)
    count = page.get_by_test_id("stMetricValue").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="PyTorch").click()
    path = tmp_path / "network.py"
    download.value.save_as(path)
    ran = subprocess.run(
        [sys.executable, "-I", str(path)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    params = int(re.search(r"([\d,]+) parameters", ran.stdout)[1].replace(",", ""))
    assert count == f"{params / 1e6:.3f} M"


def test_a_network_that_is_too_large_is_one_sentence(server, page):
    stages = "&".join(f"resnet_stage{n}_blocks=200" for n in range(1, 5))
    page.goto(f"{server}/?variant=resnet152&resnet_width=128&{stages}")
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("more than 2 G are not analysed", timeout=30_000)
    expect(alert).to_contain_text("stages.3")
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_view_fits_a_wide_screen_and_a_phone(server, page, name):
    title = page.get_by_role("heading", name=variant(name).title, exact=True)
    for view in ("volumes", "graph", "block"):
        open_on_a_phone(page, f"{server}/?variant={name}&show={view}")
        for _ in on_each_screen(page):
            ready(page)
            expect(title).to_be_visible()
            # What the visitor sees first is the beginning, at a size that can be read.
            zoom = page.locator(".picture svg").evaluate(
                "svg => svg.getBoundingClientRect().width / Number(svg.getAttribute('width'))"
            )
            assert zoom >= 0.84
            assert page.locator(".picture").evaluate("element => element.scrollLeft") == 0
