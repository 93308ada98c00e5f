"""Crops, mirror images and rotations of batches."""

import math

import numpy as np
import pytest
import torch

from cnnviz.augmentation.geometry import cropped, random_windows, rotated


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
    crops = cropped(images, 2, True, rng())
    assert (crops.dtype, crops.shape) == (torch.uint8, images.shape)
    for image, seen in zip(images, crops, strict=True):
        assert seen.numpy().tobytes() in set(windows(image, 2))
    assert not torch.equal(crops, images)


def test_all_places_of_a_crop_come_up_alike():
    spot = torch.zeros(4000, 5, 5, 1, dtype=torch.uint8)
    spot[:, 2, 2] = 255
    places = cropped(spot, 1, False, rng())[..., 0].float().mean(dim=0) / 255
    assert torch.count_nonzero(places) == 9
    assert places[1:4, 1:4] == pytest.approx(torch.full((3, 3), 1 / 9).numpy(), abs=0.02)


def test_a_flip_mirrors_half_of_the_images(images):
    many = images.repeat(50, 1, 1, 1)
    crops = cropped(many, 0, True, rng())
    mirrored = (crops == many.flip(2)).flatten(1).all(dim=1)
    kept = (crops == many).flatten(1).all(dim=1)
    assert bool((mirrored | kept).all())
    assert float(mirrored.float().mean()) == pytest.approx(0.5, abs=0.05)


def test_a_rotation_turns_about_the_centre_by_at_most_its_angle():
    image = torch.zeros(64, 1, 33, 33)
    image[:, :, 16, 16] = 1
    image[:, :, 16, 28:] = 1  # a hand that points to the right
    turned = rotated(image, 30, rng())
    assert turned[:, 0, 16, 16] == pytest.approx(torch.ones(64).numpy(), abs=1e-3)
    rows, columns = torch.meshgrid(torch.arange(33.0), torch.arange(33.0), indexing="ij")
    hand = turned[:, 0] * (columns > 20)
    down = (hand * (rows - 16)).sum(dim=(1, 2))
    across = (hand * (columns - 16)).sum(dim=(1, 2))
    angles = torch.atan2(down, across).abs() * 180 / math.pi
    assert angles.max() <= 31
    assert angles.max() > 20


def test_windows_of_a_size_show_every_place_and_its_mirror_image():
    square = torch.arange(25, dtype=torch.uint8).reshape(1, 5, 5, 1).expand(2000, -1, -1, -1)
    placed = random_windows(square, (3, 2), True, rng())
    seen = placed.cut(square)
    assert seen.shape == (2000, 3, 2, 1)
    first = zip(placed.top[:, 0], placed.left[:, 0], placed.mirrored[:, 0], seen, strict=True)
    for top, left, mirrored, window in first:
        expected = square[0, top : top + 3, left : left + 2]
        assert torch.equal(window, expected.flip(1) if mirrored else expected)
    assert len({window.numpy().tobytes() for window in seen}) == 3 * 4 * 2
