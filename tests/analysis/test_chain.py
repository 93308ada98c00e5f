"""The slides' product of slopes and weights, and the slopes against autograd."""

import pytest
import torch

from cnnviz.analysis.chain import LARGEST, LONGEST, SLOPES, chain, chain_text


def test_it_starts_at_the_slides_numbers():
    links = chain("sigmoid")
    assert [(link.slope, link.weight) for link in links] == [(0.25, 0.6), (0.25, 0.7)]
    assert links[-1].product == pytest.approx(0.02625, rel=1e-15)
    assert chain_text(links) == "0.25 × 0.6 × 0.25 × 0.7 = 0.02625"  # noqa: RUF001


@pytest.mark.parametrize("name", SLOPES)
def test_the_product_is_autograds_gradient_of_the_chain(name):
    zs, weights = [0.3, -1.2, 0.9], [0.5, -0.8, 1.5]
    if name == "relu":
        zs = [abs(z) for z in zs]
    function = getattr(torch, name)
    x = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
    a = x
    for z, weight in reversed(list(zip(zs, weights, strict=True))):
        bias = z - weight * a.detach()
        a = function(weight * a + bias)
    a.backward()
    assert chain(name, zs, weights)[-1].product == pytest.approx(float(x.grad), rel=1e-12)


@pytest.mark.parametrize("name", SLOPES)
def test_no_slope_exceeds_what_is_said_even_far_out(name):
    for z in (-1000.0, -3.0, 0.0, 0.01, 3.0, 1000.0):
        assert 0 <= SLOPES[name](z) <= LARGEST[name]
    assert SLOPES["relu"](0.0) == 0


def test_what_is_no_chain_is_refused():
    with pytest.raises(KeyError, match="known are sigmoid, tanh, relu"):
        chain("gelu")
    with pytest.raises(ValueError, match="as many as weights; received 2"):
        chain("relu", [1.0, 1.0], [1.0])
    with pytest.raises(ValueError, match=f"1 to {LONGEST} numbers; received 0"):
        chain("relu", [], [])
