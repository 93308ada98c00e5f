"""Class activation maps that must not say more than they know."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

import cnnviz
from cnnviz.__main__ import main
from cnnviz.vision.cam.class_activation import class_activation
from cnnviz.vision.cam.methods import METHODS
from tests.apps import open_function


@pytest.fixture(scope="module")
def resnet18():
    torch.manual_seed(0)
    return cnnviz.build("resnet18", num_classes=10).requires_grad_(False)


def image(side, seed=0):
    return torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("variant", ["resnet18", "densenet121", "googlenet", "squeezenet1_1"])
def test_a_small_image_is_not_drawn_as_speckles(variant):
    """Somebody gives a network of 224 px an image of 32 px: the map has places."""
    torch.manual_seed(0)
    network = cnnviz.build(variant).requires_grad_(False)
    activation = class_activation(network, image(32), 1)
    ((layer, heatmap),) = activation.heatmaps.items()
    assert layer != f"stages.{len(network.stages) - 1}"
    assert min(heatmap.places) >= 4


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "method", [name for name in METHODS if name not in ("guided-backprop", "saliency")]
)
def test_the_last_stage_of_one_place_shows_no_region(resnet18, method, seed):
    """Somebody asks for the 1 x 1 maps by name: no region, and why, instead of rounding noise."""
    torch.manual_seed(seed)
    torch.nn.init.uniform_(resnet18.head.linear.weight, 0, 1)
    activation = class_activation(resnet18, image(32, seed), 0, ["stages.3"], method)
    heatmap = activation.heatmaps["stages.3"]
    assert not heatmap.values.any()
    assert "1 x 1" in heatmap.why_empty


def test_dark_means_that_nothing_speaks_for_the_class():
    """Somebody reads "dark is 0": where every place speaks for the class, no place is dark."""
    torch.manual_seed(0)
    network = cnnviz.build("resnet20_cifar").requires_grad_(False)
    torch.nn.init.uniform_(network.head.linear.weight, 1, 2)
    for method in ("grad-cam", "hirescam", "cam", "scorecam"):
        values = class_activation(network, image(32), 0, ["stages.2"], method).maps["stages.2"]
        assert values.max() == 1, method
        assert values.min() > 0, method


@pytest.fixture
def photo(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (40, 40, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return str(tmp_path / "photo.png")


@pytest.fixture
def opposed(tmp_path):
    """Weights with which nothing can speak for class 3."""
    torch.manual_seed(0)
    network = cnnviz.build("resnet20_cifar")
    with torch.no_grad():
        network.head.linear.weight[3] = -1.0
    save_file(network.state_dict(), tmp_path / "opposed.safetensors")
    return str(tmp_path / "opposed.safetensors")


def test_the_command_line_says_that_nothing_speaks_for_a_class(photo, opposed, capsys):
    """Somebody asks where the network sees a class that nothing speaks for: it is seen nowhere."""
    asked = ("cam", photo, "--model", "resnet20_cifar", "--weights", opposed, "--class", "3")
    assert not main(asked)
    said = capsys.readouterr().out
    assert "seen nowhere at stages.2: no region supports this class here" in said
    assert "try another --layer, --class or --method." in said
    assert not main((*asked, "--json"))
    assert json.loads(capsys.readouterr().out)["has_region"] is False
    assert not main((*asked[:-1], "4"))
    assert "seen at stages.2." in capsys.readouterr().out


def test_the_command_line_says_which_layer_and_why(photo, capsys, tmp_path):
    """Somebody's network ends in 2 x 2 maps: the command names the layer that it took, and why."""
    save_file(cnnviz.build("fractalnet21_cifar").state_dict(), tmp_path / "f.safetensors")
    model = ("--model", "fractalnet21_cifar", "--weights", str(tmp_path / "f.safetensors"))
    assert not main(("cam", photo, *model))
    said = capsys.readouterr().out
    assert "at stages.3" in said
    assert "At 32 x 32 px the maps of stages.4 are 2 x 2, too few to point at a region" in said
    assert not main(("cam", photo, *model, "--layer", "stages.4"))
    assert "too few" not in capsys.readouterr().out


def small_page(view):
    """The page of ResNet-18 as a run on images of 32 px has it."""
    from dataclasses import replace

    from cnnviz.architectures import specify
    from cnnviz.architectures.base import TrainedOn
    from cnnviz.images.opening import open_image
    from cnnviz.images.samples import sample_images
    from cnnviz.ui.grad_cam import sections
    from cnnviz.ui.photo.controls import Photo
    from cnnviz.ui.photo.subject import Subject
    from cnnviz.weights.sources import sources

    seen = TrainedOn("Small", ("a", "b", "c"), 32, (0.5,) * 3, (0.5,) * 3)
    spec = replace(specify("resnet18", num_classes=3), trained_on=seen)
    sample = sample_images()[0]
    photo = Photo(sample.file, sample.title, open_image(sample.path))
    getattr(sections, view)(Subject(spec, sources("resnet18")[-1], photo))


def said(app):
    captions = [image.proto.imgs[0].caption for image in app.get("imgs") + app.get("image")]
    return " ".join([*(each.value for each in [*app.caption, *app.info]), *captions])


def test_the_page_takes_a_stage_with_places_and_says_why():
    """A student trains ResNet-18 on small pictures: its map is of 4 x 4, not of speckles."""
    app = open_function(small_page, "show_one_map")
    assert app.selectbox(key="layer").value == "stages.1"
    assert "At 32 x 32 px the maps of stages.3 are 1 x 1, too few to point at a region" in said(app)
    assert "no region" not in said(app)
    app.selectbox(key="layer").select("stages.3").run()
    assert "**no region**: the maps here are 1 x 1" in said(app)


@pytest.mark.parametrize(
    ("view", "count"), [("show_stages", 1), ("show_classes", 2), ("show_trust", 1)]
)
def test_every_view_says_that_a_layer_has_no_places(view, count):
    """A student chooses the 1 x 1 stage by its address: each view says that it has no places."""
    app = open_function(small_page, view, layer="stages.3")
    assert said(app).count("1 x 1, one number for the whole image") == count


def occlusion_page(variant):
    from cnnviz.architectures import specify
    from cnnviz.images.opening import open_image
    from cnnviz.images.samples import sample_images
    from cnnviz.ui.grad_cam.occlusion import show_occlusion
    from cnnviz.ui.photo.controls import Photo
    from cnnviz.ui.photo.subject import Subject
    from cnnviz.weights.sources import sources

    sample = sample_images()[0]
    photo = Photo(sample.file, sample.title, open_image(sample.path))
    show_occlusion(Subject(specify(variant), sources(variant)[-1], photo, 3), 0.7)


@pytest.mark.parametrize(
    ("variant", "colour", "rgb"),
    [
        ("googlenet_torchvision", "is mid-grey (0 after", "rgb(128,128,128)"),
        ("resnet20_cifar", "is ImageNet's mean colour (0 after", "rgb(124,116,104)"),
    ],
)
def test_the_patch_is_named_by_its_colour(variant, colour, rgb):
    """A student reads the colour of the patch: for some networks 0 is mid-grey, no mean."""
    app = open_function(occlusion_page, variant)
    assert colour in said(app)
    (component,) = app.get("bidi_component")
    assert json.loads(component.proto.json)["colour"] == rgb
