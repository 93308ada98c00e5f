"""From the terms of a sum to a map: clipped, resized, divided by its maximum, or no region."""

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from cnnviz.vision.cam.heatmap import Heatmap, rounding_error


def terms(*shape, seed=0, dtype=torch.float32):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def test_it_is_the_clipped_sum_divided_by_its_maximum():
    """Selvaraju et al. 2017, equation 2; here every value is positive, and none becomes 0."""
    some = terms(8, 4, 5).abs() + 1
    heatmap = Heatmap.of(some, (40, 50))
    full = interpolate(some.sum(dim=0)[None, None], size=(40, 50), mode="bilinear")[0, 0]
    np.testing.assert_allclose(heatmap.values, full / full.max(), rtol=1e-6)
    assert heatmap.values.min() > 0.3
    assert heatmap.places == (4, 5)
    assert heatmap.values.dtype == np.float32
    assert heatmap.has_region
    assert heatmap.why_empty == ""


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("count", [1, 7, 512, 2048])
def test_equal_sums_in_another_order_are_no_region(dtype, count):
    """Each place adds up the same numbers, in an order of its own."""
    numbers, rng = 1e6 * terms(count, dtype=dtype), torch.Generator().manual_seed(1)
    orders = [torch.randperm(count, generator=rng) for _ in range(25)]
    shuffled = torch.stack([numbers[order] for order in orders], dim=1).view(count, 5, 5)
    heatmap = Heatmap.of(shuffled, (20, 20))
    assert not heatmap.has_region
    assert heatmap.why_empty == "no region supports this class here"


def test_what_cancels_to_rounding_noise_is_no_region():
    numbers = 100 * terms(256, 7, 7)
    noise = torch.cat([numbers, -numbers[torch.randperm(256)]])
    assert noise.sum(dim=0).max() > 0, "the sums are of rounding errors alone"
    assert not Heatmap.of(noise, (28, 28)).has_region


def test_a_difference_above_rounding_is_a_region():
    some = torch.full((512, 6, 6), 0.01)
    some[0, 2, 3] += 3 * rounding_error(some)
    assert Heatmap.of(some, (6, 6)).values.argmax() == 2 * 6 + 3


@pytest.mark.parametrize("side", [32, 224])
def test_one_place_says_that_it_is_one(side):
    heatmap = Heatmap.of(terms(512, 1, 1).abs(), (side, side))
    assert not heatmap.values.any()
    assert "are 1 x 1" in heatmap.why_empty
    assert "no places" in heatmap.why_empty


def test_where_every_sum_is_negative_there_is_no_region():
    assert not Heatmap.of(-terms(3, 4, 4).abs(), (8, 8)).has_region
