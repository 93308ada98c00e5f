"""The default layer of a map, by the places that the stages have for an image."""

import pytest
import torch

from cnnviz import build
from cnnviz.vision.cam.target_layer import default_layer, default_layer_text
from cnnviz.vision.forward_pass import ForwardPass, forward_pass


def passed(variant, side):
    with torch.device("meta"):
        network = build(variant)
        return forward_pass(network, torch.zeros(1, network.spec.in_channels, side, side))


@pytest.mark.parametrize(
    ("variant", "side", "layer", "last"),
    [
        ("resnet18", 32, "stages.1 (4 x 4)", "stages.3 are 1 x 1"),
        ("resnet18", 64, "stages.2 (4 x 4)", "stages.3 are 2 x 2"),
        ("densenet121", 32, "stages.1 (4 x 4)", "stages.3 are 1 x 1"),
        ("inception_v3", 75, "stages.0 (7 x 7)", "stages.2 are 1 x 1"),
        ("fractalnet21_cifar", 32, "stages.3 (4 x 4)", "stages.4 are 2 x 2"),
    ],
)
def test_it_is_the_deepest_stage_with_four_by_four(variant, side, layer, last):
    text = default_layer_text(passed(variant, side))
    assert text.startswith(f"At {side} x {side} px the maps of {last}, too few")
    assert f"the default is {layer}, the deepest stage with at least 4 x 4." in text
    assert default_layer(passed(variant, side)) == layer.partition(" ")[0]


@pytest.mark.parametrize(
    ("variant", "side", "layer"),
    [
        ("resnet18", 224, "stages.3"),
        ("resnet18", 97, "stages.3"),
        ("lenet5", 32, "stages.1"),
        ("resnet20_cifar", 32, "stages.2"),
    ],
)
def test_it_is_the_last_stage_where_that_has_places(variant, side, layer):
    assert default_layer(passed(variant, side)) == layer
    assert default_layer_text(passed(variant, side)) == ""


def test_where_no_stage_has_four_by_four_it_is_the_widest():
    """A pass whose stages have 2 x 9, 3 x 3 and 1 x 1 places: the smaller side counts."""
    sizes = {"stages.0": (2, 9), "stages.1": (3, 3), "stages.2": (3, 3), "stages.3": (1, 1)}
    outputs = {name: torch.zeros(1, 8, *size) for name, size in sizes.items()}
    some = ForwardPass(torch.zeros(1, 3, 16, 16), outputs)
    assert default_layer(some) == "stages.2"
    assert "the default is stages.2 (3 x 3), the stage with most places." in default_layer_text(
        some
    )


def test_a_network_without_maps_has_its_last_stage():
    assert default_layer(passed("mlp", 32)).startswith("stages.")
