"""Colour jitter, and the colours that PCA colour adds."""

import numpy as np
import pytest
import torch

from cnnviz.augmentation.colour import (
    IMAGENET_AXES,
    ColourAxes,
    colour_draws,
    jittered,
    recoloured,
)


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def axes_of(pixels):
    """Of a batch (N, C, H, W)."""
    return ColourAxes.of(pixels.permute(0, 2, 3, 1).flatten(0, 2).double())


def test_jitter_keeps_a_grey_image_grey_and_within_its_strength():
    grey = torch.full((200, 3, 4, 4), 0.5)
    changed = jittered(grey, 0.2, rng())
    assert changed.min() >= 0.4 - 1e-6
    assert changed.max() <= 0.6 + 1e-6
    spread = changed.amax(dim=1) - changed.amin(dim=1)
    assert float(spread.max()) == pytest.approx(0, abs=1e-6)


def test_a_colour_is_the_same_for_all_pixels_of_an_image(small_data):
    pixels = torch.rand(30, 3, 6, 6, generator=rng())
    added = recoloured(pixels, torch.eye(3), 0.1, rng()) - pixels
    assert float(added.std(dim=(2, 3)).max()) == pytest.approx(0, abs=1e-6)
    assert float(added.mean(dim=(2, 3)).std()) == pytest.approx(0.1, rel=0.3)


def test_axes_are_the_covariances_eigenvectors():
    pixels = np.random.default_rng(0).normal(0.5, (0.1, 0.05, 0.01), (5000, 3))
    axes = ColourAxes.of(torch.from_numpy(pixels))
    values, vectors = np.linalg.eigh(np.cov(pixels.T))
    np.testing.assert_allclose(axes.values, values, rtol=1e-9)
    np.testing.assert_allclose(np.abs(axes.vectors), np.abs(vectors), atol=1e-6)
    np.testing.assert_allclose(axes.colours.norm(dim=0), values, rtol=1e-5)


def test_axes_are_read_from_the_largest_each_towards_bright():
    axes = axes_of(torch.rand(4, 3, 9, 9, generator=rng(3))).ordered
    assert axes.values.tolist() == sorted(axes.values.tolist(), reverse=True)
    assert bool((axes.vectors.sum(dim=0) >= 0).all())


def test_imagenets_axes_are_orthogonal():
    vectors = IMAGENET_AXES.vectors
    torch.testing.assert_close(vectors.T @ vectors, torch.eye(3).double(), atol=1e-3, rtol=0)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("seed", [0, 7])
def test_an_image_less_its_original_is_the_colour_that_was_drawn(channels, seed):
    pixels = torch.rand(8, channels, 6, 6, generator=rng(1))
    pixels[:4] += 0.3  # so that brightness is the largest axis
    axes = axes_of(pixels)
    draws = colour_draws(pixels, axes, 0.3, rng(seed))
    assert draws.added.shape == (8, channels) and float(draws.added.abs().max()) > 0.001
    added = recoloured(pixels, axes.colours, 0.3, rng(seed)) - pixels
    expected = draws.added[:, :, None, None].expand_as(added)
    torch.testing.assert_close(added, expected, atol=1e-6, rtol=0)


def test_the_added_colour_is_the_sum_of_alpha_times_lambda_times_the_vectors():
    pixels = torch.rand(8, 3, 6, 6, generator=rng(1))
    draws = colour_draws(pixels, axes_of(pixels), 0.1, rng(2))
    values, vectors = draws.axes.values, draws.axes.vectors
    for alphas, added in zip(draws.alphas, draws.added, strict=True):
        by_hand = sum(alphas[i] * values[i] * vectors[:, i] for i in range(3))
        torch.testing.assert_close(added, by_hand.float(), atol=1e-6, rtol=1e-5)


def test_one_axis_of_greys_by_hand():
    """Half of the pixels 0, half 1: their variance with N - 1 = 7 is 2/7."""
    pixels = torch.tensor([0.0, 1.0] * 4).reshape(1, 1, 2, 4)
    draws = colour_draws(pixels, axes_of(pixels), 0.3, rng(5))
    assert float(draws.axes.values) == pytest.approx(2 / 7)
    assert draws.axes.vectors.tolist() == [[1.0]]
    drawn = 0.3 * float(torch.randn(1, generator=rng(5)))
    assert float(draws.alphas) == pytest.approx(drawn)
    assert float(draws.added) == pytest.approx(drawn * 2 / 7)
