"""Occlusion against a plain loop."""

import numpy as np
import pytest
import torch

from cnnviz.architectures import specify
from cnnviz.vision.cam.occlusion import occluded_probability, occlusion_map, patch_centres
from cnnviz.weights.loading import random_network


@pytest.fixture(scope="module")
def network():
    return random_network(specify("resnet20_cifar"), 0).requires_grad_(False)


@pytest.fixture(scope="module")
def image():
    return torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def hidden(network, image, class_index, row, column, side):
    """Pixel by pixel."""
    changed = image.clone()
    for y in range(32):
        for x in range(32):
            if 0 <= y - (row - side // 2) < side and 0 <= x - (column - side // 2) < side:
                changed[0, :, y, x] = 0
    with torch.no_grad():
        return float(network(changed)[0].softmax(dim=0)[class_index])


@pytest.mark.parametrize(("side", "stride"), [(8, 8), (5, 7), (40, 16)])
def test_the_map_equals_a_plain_loop(network, image, side, stride):
    occluded = occlusion_map(network, image, 3, side, stride)
    centres = patch_centres(32, stride)
    expected = [[hidden(network, image, 3, r, c, side) for c in centres] for r in centres]
    assert occluded.dtype == np.float32
    np.testing.assert_allclose(occluded, expected, atol=1e-6)


def test_one_patch_equals_the_maps_cell(network, image):
    occluded = occlusion_map(network, image, 3, 8, 8)
    assert occluded_probability(network, image, 3, 12, 20, 8) == pytest.approx(
        float(occluded[1, 2]), abs=1e-6
    )


def test_a_patch_over_everything_leaves_the_mean_colour(network, image):
    with torch.no_grad():
        nothing = float(network(torch.zeros_like(image))[0].softmax(dim=0)[3])
    assert occluded_probability(network, image, 3, 16, 16, 64) == pytest.approx(nothing, abs=1e-6)


def test_the_image_stays_as_it_is(network, image):
    before = image.clone()
    occlusion_map(network, image, 0, 10, 16)
    torch.testing.assert_close(image, before, rtol=0, atol=0)


def test_centres_are_the_middles_of_cells():
    assert patch_centres(224, 14) == [7 + 14 * i for i in range(16)]
    assert patch_centres(10, 4) == [2, 6, 9]
    assert patch_centres(3, 1) == [0, 1, 2]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"class_index": 10}, "class_index must be from 0 to 9; received 10"),
        ({"side": 0}, "side must be at least 1; received 0"),
        ({"row": 32}, "row must be from 0 to 31; received 32"),
        ({"column": -1}, "column must be from 0 to 31; received -1"),
        ({"image": torch.zeros(3, 32, 32)}, r"image must be \(1, C, H, W\)"),
    ],
)
def test_bad_input_is_one_sentence(network, image, changed, sentence):
    arguments = {"image": image, "class_index": 0, "row": 5, "column": 5, "side": 3, **changed}
    with pytest.raises(ValueError, match=sentence):
        occluded_probability(network, **arguments)


def test_a_stride_of_nothing_is_one_sentence(network, image):
    with pytest.raises(ValueError, match="stride must be at least 1; received 0"):
        occlusion_map(network, image, 0, 3, 0)
