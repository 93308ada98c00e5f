"""A patch dragged over a photo, as a visitor does it."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(server, page, test_data):
    page.goto(f"{server}/grad_cam?variant=squeezenet1_1&view=occlusion")
    expect(patch(page)).to_be_visible(timeout=60_000)
    expect(fall(page)).to_be_visible(timeout=30_000)
    return page


def patch(page):
    return page.locator(".patch")


def fall(page):
    return page.get_by_text(re.compile("The probability (falls|rises) by|changes nothing"))


def place(page):
    """Row and column of the patch's centre, in per cent of the photo."""
    label = patch(page).get_attribute("aria-label")
    return tuple(map(int, re.findall(r"(\d+) %", label)))


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, across, down, release=True):
    x, y = middle(patch(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=12)
    if release:
        page.mouse.up()


def test_the_patch_follows_the_mouse_and_the_probability_follows_the_patch(opened):
    before = fall(opened).inner_text()
    x, y = middle(patch(opened))
    drag(opened, -80, 90, release=False)
    assert middle(patch(opened)) == pytest.approx((x - 80, y + 90), abs=1)
    # The server answers while the button is still held down.
    expect(fall(opened)).not_to_have_text(before)
    assert "patch_at" not in opened.url
    opened.mouse.up()
    opened.wait_for_url("**/*patch_at=*")


def test_where_it_rests_is_in_the_address(opened, other):
    drag(opened, 70, 50)
    opened.wait_for_url("**/*patch_at=*")
    said, where = fall(opened), place(opened)
    row, column = re.search(r"patch_at=(\d+)(?:,|%2C)(\d+)", opened.url).groups()
    assert (int(row), int(column)) == where
    opened.wait_for_timeout(1000)
    text = said.inner_text()

    other.goto(opened.url)
    expect(patch(other)).to_be_visible(timeout=60_000)
    expect(fall(other)).to_have_text(text, timeout=30_000)
    assert place(other) == where


def test_arrow_keys_move_it(opened):
    patch(opened).focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "Shift+ArrowDown"):
        opened.keyboard.press(key)
    assert place(opened) == (58, 46)
    opened.wait_for_url(re.compile(r"patch_at=58(,|%2C)46"))
    opened.wait_for_timeout(1000)
    assert place(opened) == (58, 46)


def test_it_stays_in_the_photo_and_goes_where_one_clicks(opened):
    drag(opened, -2000, -2000)
    assert place(opened) == (0, 0)
    frame = opened.locator(".frame").bounding_box()
    opened.mouse.click(frame["x"] + 0.75 * frame["width"], frame["y"] + 0.25 * frame["height"])
    # The server's answer to the drag comes after the click.
    for _ in range(40):
        assert place(opened) == (25, 75)
        opened.wait_for_timeout(25)
    opened.wait_for_url(re.compile(r"patch_at=25(,|%2C)75"))


def test_it_does_not_jump_while_it_is_dragged(opened):
    """What the server sends during a drag must not move the patch."""
    drag(opened, 40, 40)
    opened.wait_for_url("**/*patch_at=*")
    x, y = middle(patch(opened))
    opened.mouse.move(x, y)
    opened.mouse.down()
    for step in range(1, 31):
        opened.mouse.move(x - 3 * step, y - 2 * step)
        opened.wait_for_timeout(50)
        assert middle(patch(opened)) == pytest.approx((x - 3 * step, y - 2 * step), abs=1.5)
    opened.mouse.up()


def test_a_finger_drags_it(server, browser, test_data):
    context = browser.new_context(viewport={"width": 400, "height": 900}, has_touch=True)
    page = context.new_page()
    page.goto(f"{server}/grad_cam?variant=squeezenet1_1&view=occlusion")
    expect(patch(page)).to_be_visible(timeout=60_000)
    patch(page).scroll_into_view_if_needed()
    x, y = middle(patch(page))
    finger = context.new_cdp_session(page)

    def touch(kind, *points):
        finger.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]},
        )

    touch("touchStart", (x, y))
    for step in range(1, 11):
        touch("touchMove", (x - 5 * step, y + 4 * step))
    touch("touchEnd")
    assert middle(patch(page)) == pytest.approx((x - 50, y + 40), abs=4)
    page.wait_for_url("**/*patch_at=*")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    context.close()
