import numpy as np
import pytest
import torch
from PIL import Image

import cnnviz
from cnnviz.architectures import specify
from cnnviz.vision.prediction import (
    in_its_colours,
    labels,
    network_input,
    preprocessing,
    probabilities,
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
    found = probabilities(network, torch.randn(1, 3, 32, 32))
    assert found.shape == (10,)
    assert found.sum() == pytest.approx(1)
