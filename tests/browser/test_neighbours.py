"""Neighbours in a browser: distances, a zip of class folders, the map and its thumbnails."""

import io
import re
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ADDRESS = "neighbours?variant=resnet20_cifar"


def settle(page):
    """Wait until the script run that an action started has ended."""
    page.wait_for_timeout(300)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=30_000)


def heading(page, words):
    return page.get_by_role("heading", name=words)


def dots(page):
    return page.locator(".map svg circle")


def point_at_a_dot(page):
    dots(page).first.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    box = dots(page).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture
def shades(tmp_path):
    """A zip of three class folders with eight pictures each."""
    path, generator = tmp_path / "shades.zip", np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for label, shade in (("dark", 0), ("grey", 100), ("light", 200)):
            for number in range(8):
                pixels = generator.integers(shade, shade + 50, (32, 32, 3)).astype(np.uint8)
                file = io.BytesIO()
                Image.fromarray(pixels).save(file, "PNG")
                archive.writestr(f"shades/{label}/{number}.png", file.getvalue())
    return path


def test_another_distance_and_the_address_brings_it_back(server, page, other):
    page.goto(f"{server}/{ADDRESS}")
    expect(heading(page, "Nearest by Euclidean distance")).to_be_visible(timeout=30_000)
    expect(page.locator(".tiles figure")).to_have_count(7)
    page.get_by_test_id("stSidebar").get_by_text("Cosine", exact=True).click()
    expect(heading(page, "Nearest by cosine distance")).to_be_visible()
    page.wait_for_url("**/neighbours?*metric=cosine*")
    other.goto(page.url)
    expect(heading(other, "Nearest by cosine distance")).to_be_visible(timeout=30_000)


def test_pointing_at_a_dot_shows_its_thumbnail(server, page):
    page.goto(f"{server}/{ADDRESS}")
    expect(dots(page).first).to_be_visible(timeout=30_000)
    settle(page)
    expect(page.locator(".tip")).to_be_hidden()
    page.mouse.move(*point_at_a_dot(page))
    expect(page.locator(".tip")).to_be_visible()
    expect(page.locator(".tip .words")).not_to_be_empty()
    image = page.locator(".tip .thumbnail").evaluate("e => getComputedStyle(e).backgroundImage")
    assert image.startswith('url("data:image/jpeg;base64,')
    page.mouse.move(5, 5)
    expect(page.locator(".tip")).to_be_hidden()


def test_on_a_phone_a_tap_shows_it_and_nothing_is_too_wide(server, browser):
    context = browser.new_context(
        viewport={"width": 400, "height": 800}, has_touch=True, is_mobile=True
    )
    phone = context.new_page()
    phone.goto(f"{server}/{ADDRESS}")
    expect(dots(phone).first).to_be_visible(timeout=30_000)
    settle(phone)
    phone.touchscreen.tap(*point_at_a_dot(phone))
    expect(phone.locator(".tip")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 400
    context.close()


def test_a_zip_of_class_folders_and_its_t_sne(server, page, shades):
    page.goto(f"{server}/{ADDRESS}&among=zip&map=t-SNE")
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(shades)
    page.get_by_role("button", name="Compare with 24 images").click()
    expect(page.locator(".tiles figure")).to_have_count(7, timeout=30_000)
    expect(page.get_by_text(re.compile("nearest are of|No two of the"))).to_be_visible()
    page.get_by_role("button", name="Compute t-SNE").click()
    expect(page.get_by_text("van der Maaten and Hinton 2008")).to_be_visible(timeout=60_000)
    expect(dots(page)).to_have_count(24 + 6)  # and a ring around the nearest
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_an_upload_that_is_no_zip_is_one_sentence(server, page, tmp_path):
    wrong = tmp_path / "essay.zip"
    wrong.write_text("This is no zip.")
    page.goto(f"{server}/{ADDRESS}&among=zip")
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(wrong)
    expect(page.get_by_text("The file is no zip, or damaged or cut off")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
