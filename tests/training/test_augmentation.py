import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from cnnviz.training.augmentation import (
    Augmentation,
    cropped,
    erased,
    jittered,
    principal_colours,
    recoloured,
    rotated,
)
from cnnviz.training.datasets.base import Split
from cnnviz.training.options import TrainingOptions


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def images():
    return torch.randint(0, 256, (40, 12, 10, 3), generator=rng()).to(torch.uint8)


def windows(image, padding):
    """Every window of an image's size in it with black around it, and their mirror images."""
    height, width, _ = image.shape
    padded = np.pad(image.numpy(), ((padding, padding), (padding, padding), (0, 0)))
    for top in range(2 * padding + 1):
        for left in range(2 * padding + 1):
            window = padded[top : top + height, left : left + width]
            yield window.tobytes()
            yield window[:, ::-1].tobytes()


def test_a_crop_is_a_window_of_the_image_with_black_around_it(images):
    found = cropped(images, 2, True, rng())
    assert (found.dtype, found.shape) == (torch.uint8, images.shape)
    for image, seen in zip(images, found, strict=True):
        assert seen.numpy().tobytes() in set(windows(image, 2))
    assert not torch.equal(found, images)


def test_all_places_of_a_crop_come_up_alike():
    spot = torch.zeros(4000, 5, 5, 1, dtype=torch.uint8)
    spot[:, 2, 2] = 255
    places = cropped(spot, 1, False, rng())[..., 0].float().mean(dim=0) / 255
    assert torch.count_nonzero(places) == 9
    assert places[1:4, 1:4] == pytest.approx(torch.full((3, 3), 1 / 9).numpy(), abs=0.02)


def test_a_flip_mirrors_half_of_the_images(images):
    many = images.repeat(50, 1, 1, 1)
    found = cropped(many, 0, True, rng())
    mirrored = (found == many.flip(2)).flatten(1).all(dim=1)
    kept = (found == many).flatten(1).all(dim=1)
    assert bool((mirrored | kept).all())
    assert float(mirrored.float().mean()) == pytest.approx(0.5, abs=0.05)


def test_a_rotation_turns_about_the_centre_by_at_most_its_angle():
    image = torch.zeros(64, 1, 33, 33)
    image[:, :, 16, 16] = 1
    image[:, :, 16, 28:] = 1  # a hand that points to the right
    found = rotated(image, 30, rng())
    assert found[:, 0, 16, 16] == pytest.approx(torch.ones(64).numpy(), abs=1e-3)
    rows, columns = torch.meshgrid(torch.arange(33.0), torch.arange(33.0), indexing="ij")
    hand = found[:, 0] * (columns > 20)
    down = (hand * (rows - 16)).sum(dim=(1, 2))
    across = (hand * (columns - 16)).sum(dim=(1, 2))
    angles = torch.atan2(down, across).abs() * 180 / math.pi
    assert angles.max() <= 31
    assert angles.max() > 20


def test_jitter_keeps_a_grey_image_grey_and_within_its_strength():
    grey = torch.full((200, 3, 4, 4), 0.5)
    found = jittered(grey, 0.2, rng())
    assert found.min() >= 0.4 - 1e-6
    assert found.max() <= 0.6 + 1e-6
    spread = found.amax(dim=1) - found.amin(dim=1)
    assert float(spread.max()) == pytest.approx(0, abs=1e-6)


def test_principal_colours_are_those_of_the_pixels(small_data):
    rng_of_colours = np.random.default_rng(0)
    pixels = rng_of_colours.normal(128, (40, 10, 2), (500, 1, 1, 3)).clip(0, 255)
    data = small_data(channels=3)
    images = torch.from_numpy(pixels).to(torch.uint8)
    data = replace(data, train=Split(images, torch.zeros(500, dtype=torch.int64)))
    found = principal_colours(data)
    expected = np.linalg.eigh(np.cov((images.numpy() / 255).reshape(-1, 3).T))[0]
    assert found.norm(dim=0).numpy() == pytest.approx(expected, rel=1e-4)


def test_a_colour_is_the_same_for_all_pixels_of_an_image(small_data):
    pixels = torch.rand(30, 3, 6, 6, generator=rng())
    added = recoloured(pixels, torch.eye(3), 0.1, rng()) - pixels
    assert float(added.std(dim=(2, 3)).max()) == pytest.approx(0, abs=1e-6)
    assert float(added.mean(dim=(2, 3)).std()) == pytest.approx(0.1, rel=0.3)


def test_erasing_fills_one_rectangle_of_some_images():
    pixels = torch.full((400, 3, 20, 20), 2.0)
    found = erased(pixels, 0.5, rng())
    hit = (found != 2).any(dim=1)
    touched = hit.flatten(1).any(dim=1)
    assert float(touched.float().mean()) == pytest.approx(0.5, abs=0.1)
    for each in hit[touched]:
        rows, columns = each.any(dim=1), each.any(dim=0)
        assert torch.equal(each, rows[:, None] & columns[None, :])
    share = hit[touched].flatten(1).float().mean(dim=1)
    assert share.max() <= 0.5
    assert found.min() >= 0


ALL = TrainingOptions(
    crop=2, flip=True, rotation=15, noise=0.05, erasing=0.5, jitter=0.2, pca_colour=0.1
)


def test_all_at_once_stay_in_range_and_follow_the_seed(small_data):
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
    found = Augmentation(TrainingOptions(), data).augmented(data.train.images)
    expected = data.train.images.permute(0, 3, 1, 2) / 255
    assert torch.equal(found, expected)
