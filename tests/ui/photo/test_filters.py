"""Filters on screen: which are shown, what is said of them, and the classic ones."""

import re

import numpy as np
import pytest

from cnnviz.vision.maps.filters import CLASSIC_FILTERS
from tests.apps import open_function


def filters_page(variant, layer, channel, settings):
    from types import SimpleNamespace

    import numpy as np
    import torch

    from cnnviz.analysis.graph import network_graph
    from cnnviz.architectures import build
    from cnnviz.ui.photo.filters import show_filters

    torch.manual_seed(0)
    network = build(variant, **settings).requires_grad_(False)
    graph = network_graph(network, 224 if variant in ("alexnet", "squeezenet1_1") else 32)
    index = graph.position(layer)
    activation = np.random.default_rng(0).normal(size=graph.nodes[index].output_shape)
    subject = SimpleNamespace(network=network)
    show_filters(SimpleNamespace(subject=subject, graph=graph, index=index), channel, activation)


def opened(variant, layer, channel=None, settings=None, **query):
    return open_function(filters_page, variant, layer, channel, settings or {}, **query)


def html(app):
    return " ".join(element.proto.body for element in app.get("html"))


def captions(app):
    return " ".join(caption.value for caption in app.caption)


def test_filters_of_the_image_are_all_shown_and_the_chosen_one_is_framed():
    app = opened("squeezenet1_1", "stages.0.pool", 7)
    assert html(app).count("<img") == 64
    assert "<b>7</b>" in html(app)
    assert app.markdown[0].value == (
        "Filter 7 of stem.conv makes this map. Between the two: ReLU, max pooling."
    )
    assert "All 64 filters of stem.conv. As pictures" in captions(app)
    assert len(app.get("image")) == 2  # the filter, and the map beside it
    assert not app.info


def test_without_a_chosen_map_all_filters_are_shown():
    app = opened("resnet20_cifar", "stem.relu")
    assert html(app).count("<img") == 16
    assert "3px solid" not in html(app)
    assert not app.markdown


def test_one_scale_for_all_is_in_the_address():
    app = opened("resnet20_cifar", "stem.conv", 3, one_scale="true")
    assert app.toggle(key="one_scale").value
    assert "the largest |w| of all filters" in captions(app)
    each = opened("resnet20_cifar", "stem.conv", 3)
    assert html(each) != html(app)


def test_filters_of_a_grey_image_are_signed():
    app = opened("lenet5", "stages.0.c1_squashing", 2)
    assert html(app).count("<img") == 6
    assert "Blue: weights below 0" in captions(app)


def test_a_deeper_filter_is_its_strongest_slices():
    app = opened("squeezenet1_1", "stages.1.fire4.concatenation", 130)
    assert "Filter 2 of stages.1.fire4.expand_3x3 makes this map" in app.markdown[0].value
    assert html(app).count("<img") == 32
    assert "All 32 slices, the strongest first" in captions(app)
    large = opened("squeezenet1_1", "stages.0.fire3.squeeze", 0)
    assert html(large).count("<img") == 64
    assert "The 64 strongest of its 128 slices: " in captions(large)


def test_a_filter_of_a_group_names_the_maps_of_its_group():
    app = opened("alexnet", "stages.0.relu2", 200, {"hidden_units": 256})
    assert "The 64 strongest" not in captions(app)
    assert "All 48 slices (maps 48 to 95)" in captions(app)
    numbers = {int(n) for n in re.findall(r"slice for map (\d+)", html(app))}
    assert numbers == set(range(48, 96))


@pytest.mark.parametrize(
    ("variant", "layer", "channel", "sentence"),
    [
        (
            "resnet20_cifar",
            "stages.0.0.relu2",
            1,
            "No single filter makes this map: stages.0.0.addition (addition) makes it of maps of "
            "stages.0.0.norm2 and stem.relu.",
        ),
        ("resnet20_cifar", "stages.1.0.shortcut", 0, "stages.1.0.shortcut fills it with zeros."),
        ("highway19_cifar", "stages.0.dropout", 0, "These are channels of the image itself"),
        ("resnet20_cifar", "head.linear", 0, "head.linear has no feature maps"),
        ("resnet20_cifar", "stages.0.0.relu1", None, "Choose a map to see the filter"),
    ],
)
def test_where_no_filter_makes_the_map_it_says_so(variant, layer, channel, sentence):
    app = opened(variant, layer, channel)
    assert sentence in app.info[0].value
    assert not html(app)


def classic_page():
    import numpy as np
    from PIL import Image

    from cnnviz.ui.photo.classic_filters import show_classic
    from cnnviz.ui.photo.controls import Photo

    pixels = np.random.default_rng(0).integers(0, 255, (50, 70, 3), np.uint8)
    show_classic(Photo("noise", "Noise", Image.fromarray(pixels)))


def classic(**query):
    return open_function(classic_page, **query)


def test_classic_filters_begin_with_the_identity_and_a_bad_address_too():
    for app in (classic(), classic(classic="jet")):
        assert app.selectbox(key="classic").value == "Identity"
        assert html(app).count("<img") == len(CLASSIC_FILTERS)
        assert "<b>Identity</b>" in html(app)


def test_a_link_shows_a_classic_filter_with_its_numbers_and_its_scale():
    app = classic(classic="Gauss 5x5")
    assert app.selectbox(key="classic").value == "Gauss 5x5"
    assert ">36<" in html(app)
    assert "all divided by 256" in html(app)
    assert "1 and above" in html(app)
    app.selectbox(key="classic").select("Laplace").run()
    assert "\N{MINUS SIGN}4<" in html(app)
    assert " and below" in html(app)
    assert "Values from \N{MINUS SIGN}" in captions(app)
    assert np.all([image.proto.imgs for image in app.get("image")])
