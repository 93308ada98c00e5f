"""Deletion and insertion against a plain loop and a network whose answer is known."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.architectures import specify
from cnnviz.vision.cam.deletion import area, blurred, deletion_insertion
from cnnviz.vision.cam.pixel_order import pixel_ranks, random_ranks
from cnnviz.weights.loading import random_network


class Bright(nn.Module):
    """Two classes; the logit of the second is the sum of all pixels."""

    spec = SimpleNamespace(num_classes=2)

    def forward(self, images):
        total = images.sum(dim=(1, 2, 3))
        return torch.stack([torch.zeros_like(total), total], dim=1)


@pytest.fixture(scope="module")
def network():
    return random_network(specify("resnet20_cifar"), 0).requires_grad_(False)


def image(seed=0):
    return torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


def values(seed=0):
    return np.random.default_rng(seed).random((32, 32), np.float32)


def in_a_plain_loop(network, before, after, order, class_index, steps):
    """One pixel order, one image at a time: the probability before each step and at the end."""
    result, changed = [], before.clone()
    pixels = [divmod(int(place), before.shape[3]) for place in order]
    done = 0
    for step in range(steps + 1):
        until = round(step / steps * len(pixels))
        for row, column in pixels[done:until]:
            changed[0, :, row, column] = after[0, :, row, column]
        done = until
        with torch.no_grad():
            result.append(float(network(changed)[0].softmax(dim=0)[class_index]))
    return result


def test_the_curves_equal_a_plain_loop(network):
    seen, saliency_map = image(1), values(2)
    ours = deletion_insertion(network, seen, 3, saliency_map, steps=7, random_orders=0)
    order = np.argsort(-saliency_map.ravel())
    deletion = in_a_plain_loop(network, seen, torch.zeros_like(seen), order, 3, 7)
    insertion = in_a_plain_loop(network, blurred(seen), seen, order, 3, 7)
    np.testing.assert_allclose(ours.by_map.deletion, deletion, atol=1e-6)
    np.testing.assert_allclose(ours.by_map.insertion, insertion, atol=1e-6)
    np.testing.assert_allclose(ours.shares, np.arange(8) / 7, atol=1e-3)
    assert ours.by_map.deletion_area == pytest.approx(np.trapezoid(deletion, dx=1 / 7), abs=1e-6)
    assert ours.by_map.insertion_area == pytest.approx(np.trapezoid(insertion, dx=1 / 7), abs=1e-6)


def test_a_known_answer():
    """Four of 16 pixels hold all the evidence; the map that names them deletes it in 4 steps."""
    seen = torch.zeros(1, 1, 4, 4)
    seen[0, 0, 1:3, 1:3] = 2.0
    good, bad = seen[0, 0].numpy(), -seen[0, 0].numpy()
    sigmoid = [1 / (1 + np.exp(-2.0 * left)) for left in (4, 3, 2, 1, 0)]
    # Blurring needs an image larger than its kernel, so only deletion is looked at.
    curve = deletion_only(seen, good)
    np.testing.assert_allclose(curve[:5], sigmoid, rtol=1e-5)
    np.testing.assert_allclose(curve[4:], 0.5)
    worst = deletion_only(seen, bad)
    np.testing.assert_allclose(worst[:13], sigmoid[0], rtol=1e-5)
    assert area(curve) < area(worst)


def deletion_only(seen, saliency_map):
    larger = torch.zeros(1, 1, 8, 8)
    larger[:, :, :4, :4] = seen
    padded = np.full((8, 8), -9.0, np.float32)
    padded[:4, :4] = saliency_map
    return deletion_insertion(Bright(), larger, 1, padded, steps=64).by_map.deletion[:17]


def test_insertion_ends_with_the_photo_and_deletion_with_nothing(network):
    seen = image(3)
    result = deletion_insertion(network, seen, 5, values(), steps=4)
    with torch.no_grad():
        whole, empty, blurry = (
            float(network(x)[0].softmax(dim=0)[5])
            for x in (seen, torch.zeros_like(seen), blurred(seen))
        )
    for curves in (result.by_map, result.at_random):
        assert curves.deletion[[0, -1]] == pytest.approx([whole, empty], abs=1e-6)
        assert curves.insertion[[0, -1]] == pytest.approx([blurry, whole], abs=1e-6)


def test_the_baseline_is_the_mean_of_random_orders(network):
    seen = image(4)
    curves = deletion_insertion(network, seen, 2, values(), steps=5, seed=7, random_orders=2)
    each = [
        in_a_plain_loop(
            network, seen, torch.zeros_like(seen), np.argsort(random_ranks(32, 32, s).ravel()), 2, 5
        )
        for s in (8, 9)
    ]
    np.testing.assert_allclose(curves.at_random.deletion, np.mean(each, axis=0), atol=1e-6)
    again = deletion_insertion(network, seen, 2, values(), steps=5, seed=7, random_orders=2)
    np.testing.assert_array_equal(curves.at_random.insertion, again.at_random.insertion)


def test_equal_values_come_in_a_random_order_that_the_seed_decides():
    values = np.zeros((6, 8), np.float32)
    values[2, 3] = 1
    ranks = pixel_ranks(values, 5)
    assert ranks[2, 3] == 0
    assert sorted(ranks.ravel()) == list(range(48))
    assert not np.array_equal(np.sort(ranks[3]), ranks[3])
    np.testing.assert_array_equal(ranks, pixel_ranks(values, 5))
    assert not np.array_equal(ranks, pixel_ranks(values, 6))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"class_index": 10}, "class_index must be from 0 to 9; received 10"),
        ({"class_index": -1}, "class_index must be from 0 to 9; received -1"),
        ({"steps": 0}, "steps must be at least 1; received 0"),
        ({"saliency_map": np.zeros((8, 8))}, r"saliency_map must be \(32, 32\), as the image"),
        ({"image": torch.zeros(2, 3, 32, 32)}, r"image must be \(1, C, H, W\); received \(2, 3"),
    ],
)
def test_bad_input_is_one_sentence(network, changed, sentence):
    arguments = {"image": image(), "class_index": 0, "saliency_map": values(), **changed}
    with pytest.raises(ValueError, match=sentence):
        deletion_insertion(network, **arguments)
