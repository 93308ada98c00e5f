"""Ten crops against torchvision's."""

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import transforms

from cnnviz.architectures import specify
from cnnviz.vision.crops import ten_crops
from cnnviz.vision.prediction import network_input

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# torchvision crops the mirrored photo, where its left is the original's right.
THEIRS = [0, 1, 2, 3, 4, 6, 5, 8, 7, 9]


@pytest.fixture(scope="module")
def photo():
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 420, 3), np.uint8))


def oracle(photo, larger, side):
    crops = transforms.Compose(
        [
            transforms.Resize(larger),
            transforms.CenterCrop(larger),
            transforms.TenCrop(side),
            transforms.Lambda(lambda c: torch.stack([transforms.ToTensor()(each) for each in c])),
            transforms.Normalize(MEAN, STD),
        ]
    )
    return crops(photo)[THEIRS]


@pytest.mark.parametrize(
    ("variant", "larger", "side"), [("squeezenet1_1", 256, 224), ("resnet20_cifar", 37, 32)]
)
def test_they_are_torchvisions(photo, variant, larger, side):
    found = ten_crops(specify(variant), photo)
    assert found.square.shape == (larger, larger, 3)
    # An odd gap has no middle: torchvision's centre of the mirrored photo is a pixel beside ours.
    same = 10 if (larger - side) % 2 == 0 else 9
    torch.testing.assert_close(found.images[:same], oracle(photo, larger, side)[:same])
    torch.testing.assert_close(found.images[5:], found.images[:5].flip(-1))


def test_the_centre_is_what_the_network_sees_of_the_photo_alone(photo):
    spec = specify("squeezenet1_1")
    torch.testing.assert_close(ten_crops(spec, photo).images[4:5], network_input(spec, photo))


def test_names_and_corners_say_what_each_picture_is(photo):
    found = ten_crops(specify("resnet20_cifar"), photo)
    assert len(found.names) == len(found.corners) == 10
    for name, (row, column), picture in zip(
        found.names, found.corners, found.pictures, strict=True
    ):
        cut = found.square[row : row + 32, column : column + 32]
        np.testing.assert_array_equal(picture, cut[:, ::-1] if "mirrored" in name else cut)
    assert found.corners[3] == (5, 5)


def test_a_network_of_greys_gets_one_channel(photo):
    found = ten_crops(specify("resnet20_cifar", in_channels=1), photo)
    assert found.images.shape == (10, 1, 32, 32)
    assert (found.pictures == found.pictures[..., :1]).all()
