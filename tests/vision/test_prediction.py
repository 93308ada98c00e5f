from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

import cnnviz
from cnnviz.architectures import specify
from cnnviz.architectures.base import TrainedOn
from cnnviz.vision.forward_pass import forward_pass
from cnnviz.vision.prediction import (
    in_its_colours,
    labels,
    network_input,
    normalised,
    preprocessing,
    top,
)


def test_top_is_sorted_and_labelled():
    answers = top(np.array([0.1, 0.6, 0.3], dtype=np.float32), ("a", "b", "c"), 2)
    assert [(a.class_index, a.label) for a in answers] == [(1, "b"), (2, "c")]
    assert answers[0].probability == pytest.approx(0.6)


def test_top_needs_at_least_one():
    with pytest.raises(ValueError, match="top must be at least 1; received 0"):
        top(np.ones(3), ("a", "b", "c"), 0)


def test_labels_are_those_of_the_data_set():
    assert labels(specify("resnet18"))[281] == "tabby"
    assert len(labels(specify("resnet18"))) == 1000
    assert labels(specify("resnet20_cifar"))[3] == "cat"
    assert labels(specify("resnet18", num_classes=2)) == ("class 0", "class 1")


def test_preparation_is_that_of_the_variant():
    assert (preprocessing(specify("resnet18")).resize, preprocessing(specify("resnet18")).crop) == (
        256,
        224,
    )
    small = preprocessing(specify("resnet20_cifar"))
    assert (small.resize, small.crop) == (32, 32)
    photo = Image.new("RGB", (64, 48), "red")
    assert in_its_colours(specify("lenet5"), photo).getpixel((0, 0)) == (76, 76, 76)
    assert in_its_colours(specify("resnet18"), photo) is photo
    assert network_input(specify("resnet20_cifar"), photo).shape == (1, 3, 32, 32)
    assert network_input(specify("resnet20_cifar", in_channels=1), photo).shape == (1, 1, 32, 32)


def test_probabilities_add_up():
    network = cnnviz.build("resnet20_cifar")
    shares = forward_pass(network, torch.randn(1, 3, 32, 32)).probabilities
    assert shares.shape == (10,)
    assert shares.sum() == pytest.approx(1)


def trained(resolution, in_channels, variant="resnet18"):
    seen = TrainedOn("clouds", ("thin", "thick"), resolution, (0.2, 0.4, 0.6), (0.1, 0.2, 0.5))
    grey = replace(seen, mean=(0.3,) * 3, std=(0.2,) * 3)
    spec = specify(variant, num_classes=2, in_channels=in_channels)
    return replace(spec, trained_on=seen if in_channels == 3 else grey)


def test_labels_are_those_that_a_run_has_learned():
    assert labels(trained(64, 3)) == ("thin", "thick")
    ten = specify("resnet20_cifar")
    clouds = tuple(f"cloud {index}" for index in range(10))
    seen = TrainedOn("clouds", clouds, 32, (0.5,) * 3, (0.5,) * 3)
    assert labels(replace(ten, trained_on=seen)) == clouds


@pytest.mark.parametrize("resolution", [8, 64, 224])
def test_preparation_is_that_of_the_run(resolution):
    prepared = preprocessing(trained(resolution, 3))
    assert (prepared.resize, prepared.crop) == (resolution, resolution)
    assert (prepared.mean, prepared.std) == ((0.2, 0.4, 0.6), (0.1, 0.2, 0.5))
    other = preprocessing(trained(resolution, 3), 100)
    assert (other.resize, other.crop, other.mean) == (100, 100, prepared.mean)


def test_a_run_decides_for_a_variant_with_a_normalisation_of_its_own():
    assert preprocessing(specify("googlenet_torchvision")).mean == (0.5, 0.5, 0.5)
    assert preprocessing(trained(64, 3, "googlenet_torchvision")).mean == (0.2, 0.4, 0.6)


def test_a_photo_is_normalised_as_the_training_images_were():
    photo = Image.new("RGB", (40, 30), (51, 102, 255))
    (pixels,) = network_input(trained(16, 3), photo)
    assert pixels.shape == (3, 16, 16)
    assert pixels[:, 0, 0].tolist() == pytest.approx([0.0, 0.0, 0.8], abs=1e-6)
    grey = Image.new("RGB", (40, 30), (153, 153, 153))
    (one,) = network_input(trained(16, 1), grey)
    assert one.shape == (1, 16, 16)
    assert one[0, 0, 0].item() == pytest.approx((0.6 - 0.3) / 0.2, abs=1e-6)
    again = normalised(trained(16, 1), torch.full((1, 3, 16, 16), 0.6))[0]
    assert again.numpy() == pytest.approx(one.numpy(), abs=1e-6)


@pytest.mark.parametrize(
    ("spec", "colour"),
    [
        (specify("resnet18"), "ImageNet's mean colour"),
        (specify("googlenet_torchvision"), "mid-grey"),
        (specify("inception_v3"), "mid-grey"),
        (
            replace(
                specify("lenet5"), trained_on=TrainedOn("x", ("a",), 32, (0.1,) * 3, (0.3,) * 3)
            ),
            "the training data's mean colour",
        ),
    ],
)
def test_the_colour_of_zero_is_named(spec, colour):
    assert preprocessing(spec).zero_text == f"{colour} (0 after normalisation)"
