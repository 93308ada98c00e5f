"""Server time of the pages that look at photos, warm; weights are random, which costs the same."""

import statistics
import time
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz.architectures import build, specify
from cnnviz.ui.server.byte_cache import results
from cnnviz.vision.cam.class_activation import class_maps
from cnnviz.vision.capture import Place
from cnnviz.vision.forward_pass import activations, forward_pass

pytestmark = pytest.mark.benchmark
APP = str(Path(__file__).parents[2] / "app.py")
FOUR = ["alexnet_torchvision", "vgg16", "resnet50_v1_5", "densenet121"]


@pytest.fixture(autouse=True)
def no_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_WEIGHTS", str(tmp_path))


def opened(page, **query):
    app = AppTest.from_file(APP, default_timeout=300)
    app.switch_page(f"pages/{page}.py")
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def timed(app) -> float:
    started = time.perf_counter()
    app.run()
    assert not app.exception
    return time.perf_counter() - started


def test_choosing_a_layer_of_resnet50(report):
    app = opened("feature_maps", variant="resnet50", architecture="resnet")
    seconds = {}
    for layer in app.selectbox(key="card").options[1::9]:
        app.selectbox(key="card").select(layer)
        seconds[layer] = timed(app)
    slowest = max(seconds, key=lambda layer: seconds[layer])
    report(
        f"Feature maps, ResNet-50, {len(seconds)} layers never shown before: median "
        f"{statistics.median(seconds.values()) * 1000:.0f} ms, slowest {slowest} "
        f"{seconds[slowest] * 1000:.0f} ms of server time (below 400)"
    )


def test_four_networks_side_by_side(report):
    """Networks in memory, photos that they have not seen: passes, maps and pictures are new."""
    app = opened("grad_cam", variant="resnet50", architecture="resnet", view="networks")
    app.multiselect(key="networks").set_value(FOUR).run()
    seconds = []
    for title in app.selectbox(key="sample").options[1:6]:
        results.clear()
        app.selectbox(key="sample").select(title)
        seconds.append(timed(app))
    report(
        f"Grad-CAM on {', '.join(FOUR)} side by side: median "
        f"{statistics.median(seconds):.2f} s, slowest {max(seconds):.2f} s (below 3)"
    )


def test_what_one_forward_pass_saves(in_turn, report):
    """All stages' maps, four classes and two inner layers: from one pass, and each by itself."""
    torch.set_num_threads(1)
    network = build(specify("resnet50")).requires_grad_(False)
    image = torch.randn(1, 3, 224, 224)
    inner = [Place("stages.1.2.conv2"), Place("stages.3.1.conv3")]

    def shared():
        passed = forward_pass(network, image)
        for class_index in range(4):
            class_maps(network, passed, class_index, ["stages.3"])
        activations(network, passed, [Place(f"stages.{i}") for i in range(4)])
        activations(network, passed, inner)

    def each_by_itself():
        for class_index in range(4):
            class_maps(network, forward_pass(network, image), class_index, ["stages.3"])
        for index in range(4):
            activations(network, forward_pass(network, image), [Place(f"stages.{index}")])
        for place in inner:
            activations(network, forward_pass(network, image), [place])

    times = in_turn(5, shared=shared, apart=each_by_itself)
    report(
        f"Ten views of a photo in ResNet-50: {times['shared'] * 1000:.0f} ms from one forward "
        f"pass; {times['apart'] / times['shared']:.1f} x as long with a pass for each"
    )
