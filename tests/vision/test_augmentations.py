"""Augmentations: what each does, by the seed alone, and what the network would get of it."""

import random

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms.v2 import functional

from cnnviz.architectures import specify
from cnnviz.augmentation.colour import IMAGENET_AXES
from cnnviz.images.opening import open_image
from cnnviz.images.samples import sample_images
from cnnviz.vision import augmentations
from cnnviz.vision.augmentations import AUGMENTATIONS, LEVELS, augmented_photo
from cnnviz.vision.prediction import network_input, normalised

SPECS = {name: specify(name) for name in ("squeezenet1_1", "resnet20_cifar")}


@pytest.fixture(scope="module")
def photo():
    return open_image(sample_images()[0].path)


@pytest.fixture
def square():
    return torch.from_numpy(np.random.default_rng(0).random((1, 3, 64, 64), np.float32))


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("variant", SPECS)
@pytest.mark.parametrize("level", LEVELS)
def test_all_have_the_inputs_size_and_range_and_change_something(photo, variant, level):
    augmented = augmented_photo(SPECS[variant], photo, level, 1)
    assert list(augmented) == ["plain", *AUGMENTATIONS]
    plain = augmented.pop("plain")
    side = 224 if variant == "squeezenet1_1" else 32
    for key, picture in augmented.items():
        assert (picture.shape, picture.dtype) == ((3, side, side), torch.float32), key
        assert 0 <= picture.min() <= picture.max() <= 1, key
        assert not torch.equal(picture, plain), key


@pytest.mark.parametrize("variant", SPECS)
def test_the_plain_one_is_the_networks_input(photo, variant):
    spec = SPECS[variant]
    plain = augmented_photo(spec, photo, "mild", 0)["plain"]
    torch.testing.assert_close(normalised(spec, plain[None]), network_input(spec, photo))


def test_the_seed_alone_decides(photo):
    spec = SPECS["resnet20_cifar"]
    states = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()
    first = augmented_photo(spec, photo, "medium", 3)
    np.random.seed(9)
    torch.manual_seed(9)
    again = augmented_photo(spec, photo, "medium", 3)
    other = augmented_photo(spec, photo, "medium", 4)
    same = {"plain", "flip", "blur", "jpeg"}  # nothing is drawn for these
    for key in first:
        torch.testing.assert_close(first[key], again[key], rtol=0, atol=0)
        assert torch.equal(first[key], other[key]) == (key in same), key
    torch.set_rng_state(states[2])
    augmented_photo(spec, photo, "medium", 3)
    assert random.getstate() == states[0]
    assert torch.equal(torch.get_rng_state(), states[2])


def test_a_flip_twice_is_the_plain_image(square):
    flip = AUGMENTATIONS["flip"].function
    assert torch.equal(flip(flip(square, 64, 1, rng()), 64, 1, rng()), square)


def test_the_mild_crop_of_256_px_is_224_of_its_pixels():
    square = torch.arange(256.0).repeat(1, 3, 256, 1) / 255
    crop = augmentations.random_crop(square, 224, 0.875, rng(2))
    left = round(float(crop[0, 0, 0, 0]) * 255)
    torch.testing.assert_close(crop, square[..., :224, left : left + 224])


def test_a_rotation_is_torchvisions_about_the_centre(square):
    turned = augmentations.rotation(square, 64, 40, rng(1))
    angle = 40 * (2 * float(torch.rand(1, generator=rng(1))) - 1)
    expected = functional.rotate(square, angle, functional.InterpolationMode.BILINEAR)
    torch.testing.assert_close(turned, expected, atol=1e-4, rtol=0)
    assert turned[..., 0, 0].max() == 0  # the corner is empty


@pytest.mark.parametrize("seed", range(5))
def test_erasing_takes_one_rectangle_of_about_its_share(seed):
    picture = torch.full((1, 3, 100, 100), 2.0)
    changed = augmentations.erasing(picture, 0.2, rng(seed))
    gone = (changed[0] != 2).all(dim=0)
    rows, columns = gone.any(dim=1).sum(), gone.any(dim=0).sum()
    assert gone.sum() == rows * columns
    assert float(gone.float().mean()) == pytest.approx(0.2, abs=0.01)
    assert 0.28 < rows / columns < 3.6


def test_pca_colour_adds_one_colour_along_the_principal_ones():
    grey = torch.full((1, 3, 8, 8), 0.5)
    added = (augmentations.pca_colour(grey, 0.1, rng(4)) - grey)[0]
    assert torch.equal(added.amin(dim=(1, 2)), added.amax(dim=(1, 2)))
    axes = IMAGENET_AXES
    alphas = axes.vectors.T @ added[:, 0, 0].double() / axes.values
    expected = 0.1 * torch.randn(1, 3, generator=rng(4))[0].double()
    torch.testing.assert_close(alphas, expected, atol=2e-3, rtol=0)


def test_jpeg_is_pillows(square):
    saved = augmentations.jpeg(square, 5, rng())
    assert 0 < float((saved - square).abs().mean()) < 0.5
    assert len(torch.unique(saved * 255)) <= 256


def test_a_network_of_greys_gets_greys():
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 255, (50, 60, 3), np.uint8))
    spec = specify("resnet20_cifar", in_channels=1)
    augmented = augmented_photo(spec, photo, "mild", 0)
    assert normalised(spec, torch.stack(list(augmented.values()))).shape == (11, 1, 32, 32)


def test_amounts_are_said_in_words():
    assert AUGMENTATIONS["rotation"].amount_at("strong") == "at most 90°"
    assert AUGMENTATIONS["crop"].amount_at("mild") == "87.5% of the side"
    assert all(each.help.endswith(".") and each.source for each in AUGMENTATIONS.values())


def test_an_unknown_level_is_one_sentence(photo):
    with pytest.raises(ValueError, match="level must be one of mild, medium, strong; received x"):
        augmented_photo(SPECS["resnet20_cifar"], photo, "x", 0)
