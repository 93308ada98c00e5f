"""What a visitor does, in a real browser against a real server."""

import csv
import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import settle

pytestmark = pytest.mark.browser

USED = ("snow leopard", "bee", "cheeseburger", "strawberry", "bullfrog")


def metric(page, label):
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


def choose(page, label, option):
    page.get_by_test_id("stSidebar").get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def test_a_hyperparameter_changes_the_count_and_the_url_restores_it(server, page, other):
    page.goto(server)
    expect(metric(page, "Parameters")).to_have_text("11.69 M")
    choose(page, "Block", "bottleneck")
    expect(metric(page, "Parameters")).not_to_have_text("11.69 M")
    changed = metric(page, "Parameters").inner_text()
    page.wait_for_url("**/?*resnet_block=bottleneck*")

    other.goto(page.url)
    expect(metric(other, "Parameters")).to_have_text(changed)

    page.reload()
    expect(metric(page, "Parameters")).to_have_text(changed)


def test_the_name_of_the_first_page_is_an_address_too(server, page):
    page.goto(f"{server}/explore?architecture=vgg&variant=vgg16")
    expect(page.get_by_role("heading", name="VGG-16 (D)", exact=True)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url == f"{server}/?architecture=vgg&variant=vgg16"


def test_another_architecture_leaves_nothing_behind_and_back_returns(server, page):
    page.goto(f"{server}/?resnet_block=bottleneck")
    expect(metric(page, "Parameters")).to_be_visible()
    choose(page, "Architecture", "vgg")
    expect(metric(page, "Parameters")).to_have_text("132.9 M")
    page.wait_for_url(lambda url: "resnet_" not in url)
    choose(page, "Variant", "vgg16")
    expect(metric(page, "Parameters")).to_have_text("138.4 M")
    expect(page.get_by_role("heading", name="VGG-16 (D)", exact=True)).to_be_visible()
    page.go_back()
    expect(metric(page, "Parameters")).to_have_text("132.9 M")


def visit(page, title, section=None):
    if section:
        page.get_by_text(section, exact=True).first.click()
    page.get_by_text(title, exact=True).first.click()
    settle(page)


def test_a_chosen_network_follows_to_other_pages_and_back(server, page):
    page.goto(server)
    expect(metric(page, "Parameters")).to_be_visible()
    choose(page, "Architecture", "vgg")
    choose(page, "Variant", "vgg16")
    choose(page, "Configuration", "E")
    expect(metric(page, "Parameters")).to_have_text("143.7 M")
    visit(page, "Grad-CAM", "Look inside")
    expect(page.get_by_role("button", name="Download 553 MB")).to_be_visible()  # VGG-16's
    visit(page, "Explore")
    expect(metric(page, "Parameters")).to_have_text("143.7 M")
    expect(page.get_by_role("heading", name="VGG-16 (D), changed")).to_be_visible()


def test_a_link_opens_the_published_network_whatever_was_changed_before(server, page):
    page.goto(f"{server}/?resnet_width=32&resnet_block=bottleneck")
    expect(metric(page, "Parameters")).to_be_visible()
    visit(page, "Home")
    page.get_by_role("link", name="Open Plain-34").click()
    expect(page.get_by_role("heading", name="Plain-34", exact=True)).to_be_visible()
    expect(metric(page, "Parameters")).to_have_text("21.62 M")


def test_without_a_choice_grad_cam_opens_where_the_weights_are(server, page):
    page.goto(server)
    expect(metric(page, "Parameters")).to_be_visible()
    visit(page, "Grad-CAM", "Look inside")
    expect(page.get_by_role("heading", name=re.compile("Where it looked for"))).to_be_visible()


def test_home_leads_to_the_things_to_try(server, page):
    page.goto(f"{server}/home")
    page.get_by_role("link", name="Open VGG-16").click()
    expect(metric(page, "Parameters")).to_have_text("138.4 M")
    page.goto(f"{server}/home")
    page.get_by_role("link", name="Open Plain-34").click()
    expect(page.get_by_role("heading", name="Plain-34")).to_be_visible()


def test_a_point_of_the_timeline_opens_its_network(server, page):
    page.goto(f"{server}/timeline")
    points = page.locator(".scatterlayer .point")
    points.first.wait_for(timeout=60_000)
    points.first.scroll_into_view_if_needed()
    settle(page)
    box = points.first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**/?*variant=*")
    expect(metric(page, "Parameters")).to_be_visible()


def test_a_deep_link_into_each_page_stands_alone(server, page):
    for path, heading in (
        ("/home", "layer by layer"),
        ("/grad_cam", "Where does the network look"),
    ):
        page.goto(f"{server}{path}")
        expect(page.get_by_role("heading", name=re.compile(heading))).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.fixture
def photos(test_data):
    """Five photos by the first name of their class, as the network should answer."""
    folder = test_data / "photos" / "imagenet"
    with (folder / "labels.csv").open() as file:
        rows = {row["label"].split(",")[0]: folder / row["file"] for row in csv.DictReader(file)}
    return {label: rows[label] for label in USED}


def upload(page, path):
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(path)


def test_uploaded_photos_get_the_right_class(server, page, photos):
    page.goto(f"{server}/grad_cam?photo=upload")
    for label, path in photos.items():
        upload(page, path)
        heading = page.get_by_role("heading", name=f"Where it looked for “{label}”")
        expect(heading).to_be_visible(timeout=30_000)
        expect(page.get_by_text(label, exact=True).first).to_be_visible()


def test_a_network_chosen_on_grad_cam_is_in_the_url(server, page):
    """Also one that Explore, where it is the default, leaves out."""
    page.goto(f"{server}/grad_cam")
    expect(page.get_by_role("heading", name=re.compile("Where it looked for"))).to_be_visible()
    choose(page, "Architecture", "resnet")
    page.wait_for_url("**/grad_cam?*architecture=resnet*")
    choose(page, "Variant", "resnet18")
    page.wait_for_url("**/grad_cam?*variant=resnet18*")
    page.reload()
    expect(page.get_by_text("These weights are not on this machine yet.")).to_be_visible()
    assert "variant=resnet18" in page.url


def test_a_wrong_file_is_one_sentence_and_a_photo_follows(server, page, photos, tmp_path):
    page.goto(f"{server}/grad_cam?photo=upload")
    wrong = tmp_path / "essay.jpg"
    wrong.write_text("This is no photo.")
    upload(page, wrong)
    expect(page.get_by_test_id("stAlert").first).to_contain_text(re.compile(r"\.$"))
    expect(page.get_by_test_id("stException")).to_have_count(0)
    upload(page, photos["bee"])
    expect(page.get_by_role("heading", name="Where it looked for “bee”")).to_be_visible()


def test_a_started_server_answers_soon(server, page):
    """No time is asserted (make bench does that); a page that never settles fails here."""
    started = time.monotonic()
    page.goto(server)
    expect(metric(page, "Parameters")).to_be_visible()
    print(f"usable after {time.monotonic() - started:.2f} s")
