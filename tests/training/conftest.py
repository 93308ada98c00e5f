"""Small data that training tests share."""

import pytest
import torch

from cnnviz.architectures import build
from cnnviz.training.datasets.base import Data, Split


def _split(count, side, channels, classes, seed):
    """Images of noise with a bright square whose place is the class."""
    rng = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % classes
    images = torch.randint(0, 120, (count, side, side, channels), generator=rng)
    width = side // classes
    for image, label in zip(images, labels, strict=True):
        image[:, label * width : (label + 1) * width] += 120
    return Split(images.to(torch.uint8), labels)


@pytest.fixture
def small_data():
    """Makes data of a few images: (side, channels, classes, train images)."""

    def make(side=32, channels=1, classes=4, count=64):
        return Data(
            "bars",
            "bars (drawn by the test)",
            tuple(f"bar {i}" for i in range(classes)),
            _split(count, side, channels, classes, 0),
            _split(24, side, channels, classes, 1),
            (0.3,) * channels,
            (0.25,) * channels,
        )

    return make


@pytest.fixture
def network_for():
    """Builds a network for data, with weights that a seed draws."""

    def make(name, data, seed=0, **settings):
        torch.manual_seed(seed)
        return build(name, num_classes=len(data.classes), in_channels=data.channels, **settings)

    return make
