"""The Feature maps page: every view, every control, odd photos, bad addresses."""

import re
from functools import partial

import numpy as np
import pytest
import torch

from cnnviz.architectures import build
from cnnviz.images.opening import open_image
from cnnviz.images.samples import sample_images
from cnnviz.ui.photo import subject as subject_module
from cnnviz.ui.server.byte_cache import results
from cnnviz.vision.forward_pass import forward_pass
from cnnviz.vision.prediction import network_input
from cnnviz.weights.loading import load_weights

VIEWS = (
    *("maps", "filters", "shallow to deep"),
    *("what excites it", "what it dreams of", "classic filters"),
)


@pytest.fixture
def open_maps(open_page):
    return partial(open_page, "feature_maps")


def captions(app):
    return " ".join(caption.value for caption in app.caption)


def picture_captions(app):
    return [image.caption for picture in app.get("image") for image in picture.proto.imgs]


def by_hand(squeezenet):
    """stem.conv's maps of the first sample photo."""
    network = load_weights(build("squeezenet1_1"), squeezenet / "squeezenet1_1.pth")
    photo = open_image(sample_images()[0].path)
    with torch.no_grad():
        return network.stem.conv(network_input(network.spec, photo))[0].numpy()


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_from_its_address(open_maps, squeezenet, view):
    app = open_maps(view=view)
    assert not app.error
    assert not app.warning
    assert app.segmented_control(key="view").value == view


@pytest.mark.parametrize("view", VIEWS)
def test_in_every_view_random_weights_are_labelled(open_maps, no_weights, view):
    app = open_maps(view=view, variant="resnet32_cifar")
    assert not app.error
    assert "Random weights: this network is untrained" in app.warning[0].value


def test_the_strongest_map_comes_first_with_its_numbers(open_maps, squeezenet):
    app, maps = open_maps(), by_hand(squeezenet)
    order = np.argsort(-np.maximum(maps, 0).mean(axis=(1, 2)))
    assert app.selectbox(key="map").options == [str(channel) for channel in order]
    best = maps[order[0]]
    assert (
        f"{len(maps)} maps. Raw values: mean {maps.mean():.3g}, largest {maps.max():.3g}, smallest "
        f"{maps.min():.3g}; {(maps <= 0).mean():.0%} of them are not above 0."
    ) in captions(app)
    assert app.selectbox(key="map").value == order[0]
    said = f"Map {order[0]}: mean {best.mean():.3g}, largest {best.max():.3g}"
    assert any(said in caption for caption in picture_captions(app))


def test_maps_in_order_page_by_page(open_maps, squeezenet):
    app = open_maps(order="in order", at_once="16")
    assert app.selectbox(key="map").options == [str(n) for n in range(16)]
    app.selectbox(key="maps_page").select(2).run()
    assert app.selectbox(key="map").options == [str(n) for n in range(16, 32)]
    app.selectbox(key="map").select(20).run()
    assert app.selectbox(key="map").value == 20


def test_any_layer_or_operation_can_be_chosen(open_maps, no_weights):
    app = open_maps(variant="resnet20_cifar")
    offered = app.selectbox(key="card").options
    assert "stages.1.0.addition" in offered
    assert not any(name.startswith("head") for name in offered)
    for layer in offered[::7]:
        app.selectbox(key="card").select(layer).run()
        assert not app.exception, layer
        assert not app.error, layer
        assert re.search(r"\d+ maps\. Raw values", captions(app)), layer


@pytest.mark.parametrize("scale", ["each map", "the layer", "all layers"])
@pytest.mark.parametrize("values", ["after ReLU", "raw"])
def test_scales_and_values(open_maps, squeezenet, scale, values):
    app = open_maps(scale=scale, values=values, untrained="true", at_once="256")
    assert not app.error
    assert sum("maps. Raw values" in said for said in picture_captions(app)) == 1, (
        "the untrained ones"
    )


def test_dead_maps_are_named(open_maps, squeezenet):
    app = open_maps(card="stages.2.fire9.expand_3x3")
    assert re.search(r"Dead on this photo .*: \d+, map \d+, \d+", captions(app))


@pytest.mark.parametrize(
    "query",
    [
        {"map": "9999"},
        {"map": "one"},
        {"card": "head.linear"},
        {"at_once": "7"},
        {"scale": "mine"},
        {"view": "no such view"},
        {"maps_page": "50"},
    ],
)
def test_a_bad_address_falls_back(open_maps, squeezenet, query):
    app = open_maps(**query)
    assert not app.error
    assert "64 maps. Raw values" in captions(app)


def test_a_network_without_feature_maps_is_one_sentence(open_maps, no_weights):
    app = open_maps(variant="mlp", architecture="mlp")
    assert "choose a convolutional one" in app.info[0].value


def test_without_weights_it_says_what_to_do(open_maps, no_weights):
    app = open_maps(variant="squeezenet1_1")
    assert any("not on this machine yet" in info.value for info in app.info)


def test_a_damaged_file_is_one_sentence(open_maps, no_weights):
    (no_weights / "squeezenet1_1.pth").write_bytes(b"damaged")
    app = open_maps(variant="squeezenet1_1")
    assert len(app.error) == 1
    assert "squeezenet1_1.pth" in app.error[0].value


def test_odd_pictures_get_an_answer_or_one_sentence(open_maps, squeezenet, nasty, upload_each):
    app = open_maps(photo="upload")
    files, opening = nasty
    assert upload_each(app, files, lambda a: "64 maps. Raw values" in captions(a)) == opening
    assert "64 maps. Raw values" in captions(open_maps()), "the next visitor notices nothing"


def test_one_forward_pass_serves_every_view_of_a_photo(open_page, squeezenet, monkeypatch):
    passes = []

    def counted(network, image):
        passes.append(network.spec.variant)
        return forward_pass(network, image)

    monkeypatch.setattr(subject_module, "forward_pass", counted)
    results.clear()
    for view in VIEWS:
        open_page("feature_maps", view=view, sample="Coffee cup", card="stages.1.fire4.squeeze")
    for view in ("one map", "methods", "classes", "believe it?", "networks"):
        open_page("grad_cam", view=view, sample="Coffee cup")
    open_page("neighbours", sample="Coffee cup")
    # The strip and the stages show an untrained network's pass beside; "networks" shows others.
    others = [variant for variant in passes if variant != "squeezenet1_1"]
    assert len(passes) - len(others) == 2
    assert len(others) == len(set(others))
