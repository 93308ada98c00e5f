"""Activations and their slopes: worked values, bounds, and torch's finite differences."""

import math

import pytest
import torch

from cnnviz.lab.activations import (
    ACTIVATIONS,
    activated,
    activation_at,
    activation_curves,
    largest_slope,
)


def test_values_by_hand():
    assert activation_at("relu", 2.5) == (2.5, 1)
    assert activation_at("relu", -1) == (0, 0)
    assert activation_at("relu", 0).slope == 0
    assert activation_at("sigmoid", 0) == (0.5, 0.25)
    assert activation_at("tanh", 0) == (0, 1)
    at = activation_at("sigmoid", math.log(3))  # 1 / (1 + 1/3)
    assert (at.value, at.slope) == (pytest.approx(3 / 4), pytest.approx(3 / 16))


def test_the_slides_chain_comes_out_of_these_slopes():
    slope = activation_at("sigmoid", 0).slope
    assert slope * 0.6 * slope * 0.7 == pytest.approx(0.02625)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("x", [-3.0, -0.5, 0.7, 2.0])
def test_slopes_are_finite_differences(name, x):
    high, low = activation_at(name, x + 1e-6).value, activation_at(name, x - 1e-6).value
    assert activation_at(name, x).slope == pytest.approx((high - low) / 2e-6, abs=1e-6)


def test_slopes_have_the_slides_bounds():
    assert largest_slope("sigmoid") == 0.25
    assert largest_slope("tanh") == largest_slope("relu") == 1
    curves = activation_curves()
    assert (curves.groupby("activation")["slope"].max() <= [1, 0.25, 1]).all()
    assert curves["activation"].nunique() == 3


def test_an_unknown_activation_is_reported():
    with pytest.raises(KeyError, match="known are relu, tanh, sigmoid"):
        activation_at("swish", 0)


def test_a_grid_by_hand():
    x = torch.tensor([[-2.0, 0.0], [math.log(3), 3.0]])
    relu = activated("relu", x)
    assert relu.values.tolist() == [[0, 0], [pytest.approx(math.log(3)), 3]]
    assert relu.slopes.tolist() == [[0, 0], [1, 1]]
    assert relu.zeros == relu.flat == 0.5
    sigmoid = activated("sigmoid", x)
    expected = torch.tensor([[1 / (1 + math.exp(2)), 1 / 2], [3 / 4, 1 / (1 + math.exp(-3))]])
    torch.testing.assert_close(sigmoid.values, expected)
    torch.testing.assert_close(sigmoid.slopes, expected * (1 - expected))
    # At 3 the slope is 0.045: above a tenth of its largest, 0.025.
    assert (sigmoid.zeros, sigmoid.flat) == (0, 0)
    tanh = activated("tanh", x)
    # At -2 the slope is 0.071 and at 3 0.0099, both below 0.1; at log 3 it is 1 - 0.8^2.
    assert float(tanh.slopes[1, 0]) == pytest.approx(0.36)
    assert (tanh.zeros, tanh.flat) == (0.25, 0.5)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_many_numbers_are_each_as_one(name):
    x = 4 * torch.randn(3, 5, 7, generator=torch.Generator().manual_seed(0))
    activation = activated(name, x)
    one = activation_at(name, float(x[1, 2, 3]))
    assert float(activation.values[1, 2, 3]) == pytest.approx(one.value, rel=1e-5)
    assert float(activation.slopes[1, 2, 3]) == pytest.approx(one.slope, rel=1e-4, abs=1e-7)
    flat = sum(slope < 0.1 * largest_slope(name) for slope in activation.slopes.ravel().tolist())
    assert activation.flat == flat / 105
