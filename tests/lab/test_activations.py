"""Activations and their slopes: worked values, bounds, and torch's finite differences."""

import math

import pytest

from cnnviz.lab.activations import (
    ACTIVATIONS,
    activation_at,
    activation_curves,
    largest_slope,
)


def test_values_by_hand():
    assert vars(activation_at("relu", 2.5)) == {"value": 2.5, "slope": 1}
    assert vars(activation_at("relu", -1)) == {"value": 0, "slope": 0}
    assert activation_at("relu", 0).slope == 0
    assert vars(activation_at("sigmoid", 0)) == {"value": 0.5, "slope": 0.25}
    assert vars(activation_at("tanh", 0)) == {"value": 0, "slope": 1}
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


def test_an_unknown_activation_is_told():
    with pytest.raises(KeyError, match="known are relu, tanh, sigmoid"):
        activation_at("swish", 0)
