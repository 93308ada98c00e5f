"""The three checks of a map: offered, computed on demand, and said in words."""

import time

import numpy as np
import pytest

from cnnviz.ui.grad_cam.trust import correlation_text, curves_text, road_text, verdict
from cnnviz.ui.server.byte_cache import results
from cnnviz.vision.cam.deletion import Curves, DeletionInsertion
from cnnviz.vision.cam.road import Road
from cnnviz.vision.cam.sanity import RandomisedMap
from tests.apps import open_function


def page(method, empty):
    from dataclasses import replace

    import numpy as np

    from cnnviz.architectures import specify
    from cnnviz.images.opening import open_image
    from cnnviz.images.samples import sample_images
    from cnnviz.ui.grad_cam.maps import Explanation
    from cnnviz.ui.grad_cam.trust import show_tests
    from cnnviz.ui.photo.controls import Photo
    from cnnviz.ui.photo.subject import Subject
    from cnnviz.vision.cam.class_activation import class_maps
    from cnnviz.weights.sources import sources

    sample = sample_images()[0]
    photo = Photo(sample.file, sample.title, open_image(sample.path))
    spec = specify("resnet20_cifar")
    subject = Subject(spec, sources("resnet20_cifar")[-1], photo, 3)
    layer = "stages.2"
    heatmap = class_maps(subject.network, subject.passed, 3, [layer], method)[layer]
    if empty:
        heatmap = replace(heatmap, values=np.zeros_like(heatmap.values))
    show_tests(Explanation(subject, layer, method, 0.7), heatmap)


@pytest.fixture(autouse=True)
def nothing_computed(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))
    results.clear()


def opened(method="grad-cam", empty=False):
    return open_function(page, method, empty)


def computed(app, name):
    """Press an offer's button and look until its work is done."""
    app.button(key=f"start_{name}").click().run()
    deadline = time.monotonic() + 60
    while any(button.key == f"stop_{name}" for button in app.button):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
    assert not app.exception
    assert not app.error
    return app


def said(app):
    return " ".join(markdown.value for markdown in app.markdown)


def captions(app):
    return [image.proto.imgs[0].caption for image in app.get("imgs") + app.get("image")]


def drawings(app):
    return " ".join(str(drawn.proto) for drawn in app.get("bidi_component"))


def test_nothing_runs_before_its_button_is_pressed():
    app = opened()
    assert [button.label for button in app.button] == [
        "Draw the curves",
        "Compute ROAD",
        "Randomise the weights",
    ]
    assert "area under the curve" not in said(app)


def test_the_curves_have_their_areas_and_those_of_chance():
    app = computed(opened(), "curves")
    assert said(app).count("in a random order") == 2
    assert "Petsiuk et al. 2018" in " ".join(c.value for c in app.caption)
    assert drawings(app).count("<path") > 8


def test_road_is_told_for_each_share():
    app = computed(opened(), "road")
    table = app.dataframe[0].value
    assert list(table["removed"]) == [f"{share}%" for share in range(10, 100, 10)]
    assert "**Combined: " in said(app)


def test_the_sanity_check_is_a_strip_from_trained_to_random():
    app = computed(opened(), "sanity")
    strip = captions(app)
    assert [text.partition(":")[0] for text in strip] == [
        "Untrained, as it is",
        "+ head",
        "+ stage 3",
        "+ stage 2",
        "+ stage 1",
        "+ stem (all random)",
    ]
    assert strip[0].endswith("ρ = 1.00")  # noqa: RUF001
    assert strip[5] != strip[0].replace("Untrained, as it is", "+ stem (all random)")
    assert "below 0.5 a map passes, which is a rule of ours: the paper draws no line" in said(app)


def test_random_weights_and_empty_maps_are_told():
    assert "learned nothing" in opened().warning[0].value
    assert "This map is empty" in opened(empty=True).info[0].value


def maps(*correlations):
    empty = np.zeros((2, 2))
    first = RandomisedMap((), empty, 1.0)
    return [first, *(RandomisedMap(("head",), empty, rho) for rho in correlations)]


@pytest.mark.parametrize(
    ("correlations", "begin"),
    [
        ((0.2, 0.4), "**Passed.**"),
        ((0.9, 0.8), "**Failed.**"),
        ((-0.9, 0.1), "**Passed.**"),
        ((float("nan"), 0.7), "**Failed.**"),
        ((float("nan"),) * 2, "No verdict"),
    ],
)
def test_the_verdict_follows_its_stated_rule(correlations, begin):
    said = verdict(maps(*correlations), "Grad-CAM")
    assert said.startswith(begin)
    mean = np.nanmean(correlations) if begin != "No verdict" else None
    if mean is not None:
        assert f"is {mean:.2f};".replace("-", "−") in said  # noqa: RUF001


def test_an_empty_map_has_no_correlation():
    assert correlation_text(maps(float("nan"))[1]) == "empty map"


def test_sentences_say_which_side_of_chance_a_map_is_on():
    low, high = np.full(3, 0.1, np.float32), np.full(3, 0.6, np.float32)
    good, bad = Curves(low, high), Curves(high, low)
    shares = np.linspace(0, 1, 3)
    assert curves_text(DeletionInsertion(shares, good, bad)).count("is better than chance") == 2
    assert curves_text(DeletionInsertion(shares, bad, good)).count("is no better than chance") == 2
    assert "+25.0 points" in road_text(Road((50,), -high, low - 0.2))
    assert "no better than chance" in road_text(Road((50,), low, low))
