"""Ten crops against torchvision's."""

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import transforms

from cnnviz.architectures import specify
from cnnviz.vision.crops import TEN_CROPS, random_crops, ten_crops, ten_cuts
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
def test_ten_crops_equal_torchvisions(photo, variant, larger, side):
    crops = ten_crops(specify(variant), photo)
    assert crops.square.shape == (larger, larger, 3)
    # An odd gap has no middle: torchvision's centre of the mirrored photo is a pixel beside ours.
    same = 10 if (larger - side) % 2 == 0 else 9
    torch.testing.assert_close(crops.images[:same], oracle(photo, larger, side)[:same])
    torch.testing.assert_close(crops.images[5:], crops.images[:5].flip(-1))


def test_the_centre_is_what_the_network_sees_of_the_photo_alone(photo):
    spec = specify("squeezenet1_1")
    torch.testing.assert_close(ten_crops(spec, photo).images[4:5], network_input(spec, photo))


def test_names_and_corners_say_what_each_image_is(photo):
    crops = ten_crops(specify("resnet20_cifar"), photo)
    assert len(TEN_CROPS) == len(crops.corners) == 10
    for name, (row, column), picture in zip(TEN_CROPS, crops.corners, crops.pictures, strict=True):
        cut = crops.square[row : row + 32, column : column + 32]
        np.testing.assert_array_equal(picture, cut[:, ::-1] if "mirrored" in name else cut)
    assert crops.corners[3] == (5, 5)


def test_a_network_of_greys_gets_one_channel(photo):
    crops = ten_crops(specify("resnet20_cifar", in_channels=1), photo)
    assert crops.images.shape == (10, 1, 32, 32)
    assert (crops.pictures == crops.pictures[..., :1]).all()


def test_random_crops_of_alexnet_are_counted_as_the_paper_does_and_as_they_are():
    crops = random_crops(np.zeros((256, 256, 3), np.uint8), 224, 3, torch.Generator())
    # (256 - 224)^2 x 2 = 32 x 32 x 2, the paper's factor; a crop may begin in rows 0 to 32.
    assert crops.as_the_paper_counts == 2048
    assert (crops.places, crops.different) == (33, 2178)


def test_random_crops_are_windows_and_every_one_comes_up():
    square = np.arange(25, dtype=np.uint8).reshape(5, 5, 1)
    crops = random_crops(square, 3, 2000, torch.Generator().manual_seed(0))
    for (row, column), mirrored, picture in zip(
        crops.corners, crops.mirrored, crops.pictures, strict=True
    ):
        cut = square[row : row + 3, column : column + 3]
        np.testing.assert_array_equal(picture, cut[:, ::-1] if mirrored else cut)
    drawn = {picture.tobytes() for picture in crops.pictures}
    assert len(drawn) == crops.different == 18  # 3 x 3 places, mirrored or not
    assert 0.45 < np.mean(crops.mirrored) < 0.55


def test_random_crops_follow_their_chance():
    square = np.zeros((9, 9, 1), np.uint8)
    first, same, other = (
        random_crops(square, 4, 8, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert (first.corners, first.mirrored) == (same.corners, same.mirrored)
    assert first.corners != other.corners
    with pytest.raises(ValueError, match="side must be from 1 to 9; received 10"):
        random_crops(square, 10, 1, torch.Generator())


def test_ten_images_of_a_small_square_by_hand():
    square = np.arange(16).reshape(4, 4, 1)
    corners, pictures = ten_cuts(square, 2)
    assert corners[:5] == ((0, 0), (0, 2), (2, 0), (2, 2), (1, 1))
    assert pictures[4, :, :, 0].tolist() == [[5, 6], [9, 10]]
    assert pictures[9, :, :, 0].tolist() == [[6, 5], [10, 9]]
