"""The colours that are said to be added are those that training adds."""

from dataclasses import replace

import pytest
import torch

from cnnviz.training.augmentation import Augmentation
from cnnviz.training.colour_draws import colour_draws
from cnnviz.training.datasets.base import Split
from cnnviz.training.options import TrainingOptions


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def of_images(data, images):
    return replace(data, train=Split(images, torch.zeros(len(images), dtype=torch.int64)))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("seed", [0, 7])
def test_a_picture_less_its_original_is_the_colour_that_was_drawn(small_data, channels, seed):
    images = torch.randint(90, 166, (8, 6, 6, channels), generator=rng(1)).to(torch.uint8)
    images[:4] += 60  # so that brightness is the largest axis
    data = of_images(small_data(channels=channels), images)
    seen = Augmentation(TrainingOptions(pca_colour=0.3), data).augmented(images, rng(seed))
    found = colour_draws(data, images, 0.3, rng(seed))
    assert found.added.shape == (8, channels) and float(found.added.abs().max()) > 0.001
    added = seen - images.permute(0, 3, 1, 2) / 255
    inside = (seen > 0) & (seen < 1)
    assert float(inside.float().mean()) > 0.9
    expected = found.added[:, :, None, None].expand_as(added)
    torch.testing.assert_close(added[inside], expected[inside], atol=1e-6, rtol=0)


def test_the_added_colour_is_the_sum_of_alpha_times_lambda_times_the_vectors(small_data):
    images = torch.randint(0, 256, (8, 6, 6, 3), generator=rng(1)).to(torch.uint8)
    found = colour_draws(of_images(small_data(channels=3), images), images, 0.1, rng(2))
    assert found.values.tolist() == sorted(found.values.tolist(), reverse=True)
    assert bool((found.vectors.sum(dim=0) >= 0).all())
    for alphas, added in zip(found.alphas, found.added, strict=True):
        by_hand = sum(alphas[i] * found.values[i] * found.vectors[:, i] for i in range(3))
        torch.testing.assert_close(added, by_hand.float(), atol=1e-6, rtol=1e-5)


def test_one_axis_of_greys_by_hand(small_data):
    """Half of the pixels 0, half 255: the variance of 0 and 1 with N - 1 = 7 is 2/7."""
    images = torch.tensor([0, 255] * 4, dtype=torch.uint8).reshape(1, 2, 4, 1)
    found = colour_draws(of_images(small_data(channels=1), images), images, 0.3, rng(5))
    assert float(found.values) == pytest.approx(2 / 7)
    assert found.vectors.tolist() == [[1.0]]
    drawn = 0.3 * float(torch.randn(1, generator=rng(5)))
    assert float(found.alphas) == pytest.approx(drawn)
    assert float(found.added) == pytest.approx(drawn * 2 / 7)
