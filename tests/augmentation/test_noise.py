"""Noise on all pixels, and rectangles of it."""

import pytest
import torch

from cnnviz.augmentation.noise import erased, noisy


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def test_erasing_fills_one_rectangle_of_some_images():
    pixels = torch.full((400, 3, 20, 20), 2.0)
    changed = erased(pixels, 0.5, rng())
    hit = (changed != 2).any(dim=1)
    touched = hit.flatten(1).any(dim=1)
    assert float(touched.float().mean()) == pytest.approx(0.5, abs=0.1)
    for each in hit[touched]:
        rows, columns = each.any(dim=1), each.any(dim=0)
        assert torch.equal(each, rows[:, None] & columns[None, :])
    share = hit[touched].flatten(1).float().mean(dim=1)
    assert share.max() <= 0.5
    assert changed.min() >= 0


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_a_rectangle_may_be_given_its_share(share):
    pixels = torch.full((50, 3, 100, 100), 2.0)
    hit = (erased(pixels, 1, rng(), (share, share)) != 2).all(dim=1)
    for each in hit:
        rows, columns = each.any(dim=1), each.any(dim=0)
        assert torch.equal(each, rows[:, None] & columns[None, :])
        assert (
            rows.all()
            or columns.all()
            or float(each.float().mean()) == pytest.approx(share, abs=0.01)
        )
        assert 0.28 < rows.sum() / columns.sum() < 3.6


def test_noise_has_the_standard_deviation_that_it_says():
    grey = torch.full((2, 3, 100, 100), 0.5)
    assert float(noisy(grey, 0.05, rng()).std()) == pytest.approx(0.05, rel=0.02)
