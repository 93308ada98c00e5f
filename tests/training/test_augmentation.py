from dataclasses import replace

import numpy as np
import pytest
import torch

from cnnviz.augmentation.colour import colour_draws
from cnnviz.training.augmentation import Augmentation, colour_axes
from cnnviz.training.datasets.base import Split
from cnnviz.training.options import TrainingOptions
from cnnviz.vision.augmentations import AUGMENTATIONS


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def test_principal_colours_are_those_of_the_pixels(small_data):
    rng_of_colours = np.random.default_rng(0)
    pixels = rng_of_colours.normal(128, (40, 10, 2), (500, 1, 1, 3)).clip(0, 255)
    data = small_data(channels=3)
    images = torch.from_numpy(pixels).to(torch.uint8)
    data = replace(data, train=Split(images, torch.zeros(500, dtype=torch.int64)))
    colours = colour_axes(data).colours
    expected = np.linalg.eigh(np.cov((images.numpy() / 255).reshape(-1, 3).T))[0]
    assert colours.norm(dim=0).numpy() == pytest.approx(expected, rel=1e-4)


ALL = TrainingOptions(
    crop=2, flip=True, rotation=15, noise=0.05, erasing=0.5, jitter=0.2, pca_colour=0.1
)


def test_all_augmentations_at_once_stay_in_range_and_follow_the_seed(small_data):
    data = small_data(side=16, channels=3)
    augmentation = Augmentation(ALL, data)
    first = augmentation.augmented(data.train.images, rng(3))
    assert first.dtype == torch.float32
    assert first.shape == (64, 3, 16, 16)
    assert first.is_contiguous(memory_format=torch.channels_last)
    assert 0 <= first.min() <= first.max() <= 1
    assert torch.equal(first, augmentation.augmented(data.train.images, rng(3)))
    assert not torch.equal(first, augmentation.augmented(data.train.images, rng(4)))


def test_without_options_nothing_changes(small_data):
    data = small_data(side=16)
    images = Augmentation(TrainingOptions(), data).augmented(data.train.images)
    expected = data.train.images.permute(0, 3, 1, 2) / 255
    assert torch.equal(images, expected)


def test_pca_colour_adds_the_colours_that_are_told(small_data):
    data = small_data(channels=3)
    images = torch.randint(90, 166, (8, 6, 6, 3), generator=rng(1)).to(torch.uint8)
    seen = Augmentation(TrainingOptions(pca_colour=0.3), data).augmented(images, rng(7))
    plain = images.permute(0, 3, 1, 2)
    told = colour_draws(plain, colour_axes(data), 0.3, rng(7)).added[:, :, None, None]
    inside = (seen > 0) & (seen < 1)
    assert float(inside.float().mean()) > 0.9
    added = seen - plain / 255
    torch.testing.assert_close(added[inside], told.expand_as(added)[inside], atol=1e-6, rtol=0)


@pytest.mark.parametrize(("key", "strength"), [("noise", 0.1), ("jitter", 0.4), ("rotation", 15)])
def test_a_page_shows_what_training_does(small_data, key, strength):
    data = small_data(side=16, channels=3)
    images = data.train.images[:1]
    options = TrainingOptions().with_values({key: strength})
    trained = Augmentation(options, data).augmented(images, rng(5))
    square = images.permute(0, 3, 1, 2) / 255
    shown = AUGMENTATIONS[key].function(square, 16, strength, rng(5)).clamp(0, 1)
    torch.testing.assert_close(shown, trained)
