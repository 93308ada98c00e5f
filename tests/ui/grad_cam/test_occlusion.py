"""The patch and its map: the place from the address, bars, words, and what browsers may send."""

import json
import time

import numpy as np
import pytest

from cnnviz.architectures import specify
from cnnviz.images.opening import open_image
from cnnviz.images.samples import sample_images
from cnnviz.ui.grad_cam.occlusion import enlarged, fall_text, map_text, sent_place
from cnnviz.ui.server.byte_cache import results
from cnnviz.vision.cam.occlusion import occluded_probability
from cnnviz.vision.prediction import network_input
from cnnviz.weights.loading import load_network
from cnnviz.weights.sources import sources
from tests.apps import open_function


def page():
    from cnnviz.architectures import specify
    from cnnviz.images.opening import open_image
    from cnnviz.images.samples import sample_images
    from cnnviz.ui.grad_cam.occlusion import show_occlusion
    from cnnviz.ui.photo.controls import Photo
    from cnnviz.ui.photo.subject import Subject
    from cnnviz.weights.sources import sources

    sample = sample_images()[0]
    photo = Photo(sample.file, sample.title, open_image(sample.path))
    spec = specify("resnet20_cifar")
    show_occlusion(Subject(spec, sources("resnet20_cifar")[-1], photo, 3), 0.7)


@pytest.fixture(autouse=True)
def nothing_computed(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    results.clear()


def opened(**query):
    return open_function(page, **query)


def bars(app):
    return app.get("html")[0].proto.body


def probability(row, column, side):
    spec = specify("resnet20_cifar")
    network = load_network(spec, sources("resnet20_cifar")[-1])
    image = network_input(spec, open_image(sample_images()[0].path))
    return occluded_probability(network, image, 3, row, column, side)


def data(app):
    (component,) = app.get("bidi_component")
    return json.loads(component.proto.json)


@pytest.mark.parametrize(
    ("query", "row", "column", "side"),
    [
        ({}, 16, 16, 6),
        ({"patch_at": "0,100"}, 0, 31, 6),
        ({"patch_at": "25,75", "patch": "50 %"}, 8, 24, 16),
    ],
)
def test_a_link_brings_the_patch_and_its_probability_back(query, row, column, side):
    app = opened(**query)
    assert (
        f"{100 * probability(row, column, side):.1f} %" in bars(app).partition("With the patch")[2]
    )
    assert f"It is {side} x {side} of 32 px" in app.caption[0].value


@pytest.mark.parametrize("written", ["", "5", "5,6,7", "-1,5", "101,5", "a,b", "1e1,5", "٣,٤"])
def test_a_bad_place_in_the_address_is_the_middle(written):
    shown = data(opened(patch_at=written))
    assert (shown["row"], shown["column"]) == (50, 50)


def test_a_bad_size_in_the_address_falls_back():
    assert data(opened(patch="17 %"))["side"] == 20


def test_the_browser_gets_the_photo_as_the_network_sees_it():
    shown = data(opened())
    assert shown["photo"].startswith("data:image/png;base64,")
    assert shown["small"]
    assert shown["colour"] == "rgb(124,116,104)"


def test_what_a_browser_sends_is_checked():
    assert sent_place({"row": 10, "column": 20, "resting": False}) == (10, 20, False)
    assert sent_place({"row": 0, "column": 100, "resting": True}) == (0, 100, True)
    for wrong in (
        None,
        {},
        [1, 2],
        "10,20",
        {"row": "x", "column": 1, "resting": False},
        {"row": 101, "column": 1, "resting": False},
        {"row": float("inf"), "column": 1, "resting": False},
    ):
        assert sent_place(wrong) is None


def test_the_map_is_computed_on_demand_with_its_scale():
    app = opened(patch="30 %")
    assert app.button[0].label == "Compute the occlusion map"
    app.button(key="start_occlusion").click().run()
    deadline = time.monotonic() + 60
    while any(button.key == "stop_occlusion" for button in app.button):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
    assert not app.exception
    assert len(app.get("imgs") + app.get("image")) == 2
    assert "How far the probability of cat falls" in app.get("html")[-1].proto.body
    assert "percentage points" in app.get("html")[-1].proto.body


def test_cells_cover_the_input():
    cells = np.arange(9.0).reshape(3, 3)
    full = enlarged(cells, 4, 10)
    assert full.shape == (10, 10)
    assert full[0, 0] == 0
    assert full[9, 9] == 8
    assert (full == 4).sum() == 16


def test_words_tell_falls_and_rises():
    assert "falls by **12.0 percentage points**" in fall_text(0.5, 0.38)
    assert "rises by **1.0 percentage points**" in fall_text(0.5, 0.51)
    assert "nothing" in fall_text(0.5, 0.5)
    fall = np.array([[0.1, 0.0], [0.3, -0.2]])
    said = map_text("cat", fall)
    assert "loses most, 30.0 percentage points, with the patch at 75% down and 25% across" in said
    assert "In 25% of the places hiding something raises it, by up to 20.0 points" in said
    assert map_text("cat", -np.ones((2, 2))).startswith("Nowhere")


def noise_page():
    import numpy as np

    from cnnviz.architectures import specify
    from cnnviz.images.opening import open_image
    from cnnviz.images.samples import sample_images
    from cnnviz.ui.grad_cam.occlusion import _show_map
    from cnnviz.ui.photo.controls import Photo
    from cnnviz.ui.photo.subject import Subject
    from cnnviz.weights.sources import sources

    sample = sample_images()[0]
    photo = Photo(sample.file, sample.title, open_image(sample.path))
    subject = Subject(specify("resnet20_cifar"), sources("resnet20_cifar")[-1], photo, 3)
    noise = 1e-6 * np.random.default_rng(0).standard_normal((16, 16))
    _show_map(subject, (subject.probability + noise).astype(np.float32), 2, 0.7)


def test_rounding_noise_is_not_stretched_to_a_map():
    """Where the patch changes nothing, the scale ends at 0.1 points and the map stays dark."""
    app = open_function(noise_page)
    assert "0.1 percentage points" in app.get("html")[-1].proto.body
    assert "Nowhere does the patch take 0.1 percentage points" in app.markdown[-1].value
