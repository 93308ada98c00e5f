"""Feature reuse in a browser: matrices, cells by mouse and keyboard, epochs, addresses."""

import json

import pytest
from playwright.sync_api import expect

from cnnviz.analysis.reuse.record import reuse_record
from cnnviz.architectures import specify
from cnnviz.runs.folder import MEASUREMENTS
from cnnviz.training.measurement import Measurement
from cnnviz.weights.loading import random_network
from tests.browser.visitor import on_each_screen, open_on_a_phone

pytestmark = pytest.mark.browser

CELLS = 3 * 13 * 14 // 2  # three blocks of twelve layers, each with what follows it
EPOCHS = 6


def own_cells(page):
    """The cells of the network that is looked at; they can be chosen."""
    return page.locator(".picture svg .cell")


def cell(page, name):
    return page.locator(f'.picture [data-select="{name}"]')


def beside_cells(page):
    return page.locator(".drawing svg .cell")


def heading(page, words):
    return page.get_by_role("heading", name=words, exact=True)


def test_the_matrices_fit_the_screen(server, page):
    open_on_a_phone(page, f"{server}/feature_reuse")
    for _ in on_each_screen(page):
        expect(own_cells(page)).to_have_count(CELLS)
        expect(beside_cells(page)).to_have_count(CELLS)


def test_the_address_carries_the_definition(server, page):
    page.goto(f"{server}/feature_reuse")
    expect(own_cells(page)).to_have_count(CELLS)
    before = own_cells(page).first.text_content()
    page.get_by_test_id("stSidebar").get_by_label("Measure", exact=True).first.click()
    page.get_by_role("option", name="max", exact=True).click()
    expect(own_cells(page).first).not_to_have_text(before)
    assert "definition=max" in page.url
    after = own_cells(page).first.text_content()
    page.reload()
    expect(own_cells(page).first).to_have_text(after)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_click_opens_a_cell_and_another_closes_it(server, page):
    page.goto(f"{server}/feature_reuse")
    cell(page, "block2.layer3.layer7").click()
    expect(heading(page, "Dense block 2: layer 7 reads layer 3")).to_be_visible()
    page.wait_for_url("**/feature_reuse?*cell=block2.layer3.layer7*")
    page.reload()
    expect(heading(page, "Dense block 2: layer 7 reads layer 3")).to_be_visible()
    cell(page, "block2.layer3.layer7").click()
    expect(page.get_by_text("Click a cell to see the weights behind it.")).to_be_visible()
    assert "cell=" not in page.url


def test_cells_are_opened_from_the_keyboard(server, page):
    page.goto(f"{server}/feature_reuse")
    cell(page, "block1.input.layer1").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(heading(page, "Dense block 1: layer 3 reads layer 1")).to_be_visible()
    expect(cell(page, "block1.layer1.layer3")).to_be_focused()  # also in the new drawing
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(heading(page, "Dense block 1: layer 4 reads layer 1")).to_be_visible()


@pytest.fixture
def run_with_epochs(server_runs, keep_run, monkeypatch):
    """A run of the server's whose folder tells some epochs; its id."""
    monkeypatch.setenv("CNNVIZ_RUNS", str(server_runs))
    run = keep_run("simple_densenet,num_classes=3")
    with (run.folder / MEASUREMENTS).open("w") as file:
        for epoch in range(EPOCHS):
            network = random_network(specify("simple_densenet", num_classes=3), epoch)
            measurement = Measurement(epoch, float(epoch), 0.0, reuse=reuse_record(network))
            file.write(json.dumps(measurement.to_json()) + "\n")
    return run.id


def test_epochs_play_without_a_rerun_for_each(server, page, run_with_epochs):
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(f"{server}/feature_reuse?run={run_with_epochs}")
    shown = page.locator(".controls .epoch")
    expect(shown).to_have_text("epoch 0")
    page.wait_for_load_state("networkidle")
    first = beside_cells(page).nth(4)
    start, before = first.text_content(), len(sent)
    assert before > 0
    page.get_by_role("button", name="Play").click()
    expect(shown).to_have_text(f"epoch {EPOCHS - 1}")
    assert first.text_content() != start
    page.wait_for_url(f"**/feature_reuse?*epoch={EPOCHS - 1}*")
    assert len(sent) - before < EPOCHS - 1  # where it rests is told once
    expect(page.get_by_role("button", name="Play")).to_be_visible()


WATCH = """label => {
    window.told = [];
    new MutationObserver(() => window.told.push(label.textContent))
        .observe(label, {childList: true, characterData: true, subtree: true});
}"""


def test_the_slider_never_jumps_back(server, page, run_with_epochs):
    page.goto(f"{server}/feature_reuse?run={run_with_epochs}")
    slider, shown = page.get_by_role("slider", name="Epoch"), page.locator(".controls .epoch")
    expect(shown).to_have_text("epoch 0")
    page.wait_for_load_state("networkidle")
    shown.evaluate(WATCH)
    slider.focus()
    for _ in range(1, EPOCHS):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(60)
    page.wait_for_url(f"**/feature_reuse?*epoch={EPOCHS - 1}*")
    page.wait_for_timeout(1500)
    told = page.evaluate("window.told")
    assert told == sorted(told)
    assert told[-1] == f"epoch {EPOCHS - 1}"


def test_the_address_carries_the_epoch(server, page, run_with_epochs):
    page.goto(f"{server}/feature_reuse?run={run_with_epochs}")
    slider, shown = page.get_by_role("slider", name="Epoch"), page.locator(".controls .epoch")
    expect(shown).to_have_text("epoch 0")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(shown).to_have_text("epoch 2")
    page.wait_for_url("**/feature_reuse?*epoch=2*")
    values = beside_cells(page).all_text_contents()
    page.reload()
    expect(shown).to_have_text("epoch 2")
    assert beside_cells(page).all_text_contents() == values
    beside_cells(page).nth(1).click()
    expect(heading(page, "Dense block 1: layer 2 reads input")).to_be_visible()
    expect(shown).to_have_text("epoch 2")
