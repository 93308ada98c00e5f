"""The lab's animation on a phone: frames a second while a kernel slides over a photo."""

import itertools
import statistics

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.benchmark

SECONDS = 2
PHONE = {"width": 400, "height": 850}
SLOWER = 4  # times: Chromium's throttling of the processor, as its developer tools take for a phone
FRAMES = """(scrub, seconds) => new Promise((done) => {
  const times = [];
  const places = [];
  const tick = (now) => {
    times.push(now);
    places.push(Number(scrub.value));
    if (now - times[0] < 1000 * seconds) requestAnimationFrame(tick);
    else done({ times, places });
  };
  requestAnimationFrame(tick);
})"""


@pytest.mark.parametrize("slower", [1, SLOWER])
@pytest.mark.parametrize("example", ["32 x 32 x 3 and 5 x 5 x 3", "Padding 2"])
def test_frames_a_second(server, page, report, example, slower):
    page.set_viewport_size(PHONE)
    page.goto(f"{server}/convolution_lab?example={example}&at=0")
    expect(page.locator(".sliding .sum")).to_contain_text("=", timeout=90_000)
    page.wait_for_timeout(3000)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.get_by_label("Speed").select_option("fastest")
    page.get_by_role("button", name="Play").click()
    frames = page.locator(".sliding .scrub").evaluate(FRAMES, SECONDS)
    times, places = frames["times"], frames["places"]
    shown = 1000 * (places[-1] - places[0]) / (times[-1] - times[0])
    gaps = sorted(b - a for a, b in itertools.pairwise(times))
    report(
        f"lab, {example}, on a phone's screen with the processor {slower} x slower: {shown:.1f} "
        f"positions a second (30 asked); a frame takes {statistics.median(gaps):.1f} ms, 95 % at "
        f"most {gaps[int(0.95 * len(gaps))]:.1f} ms"
    )
