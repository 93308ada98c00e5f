"""One photo's maps through batch norm: by hand, and as torch's layer in both of its modes."""

import pytest
import torch
from torch import nn

from cnnviz.lab.batch_maps import normalised_maps


@pytest.fixture
def layer():
    """A layer of three channels with averages, gamma and beta that are not where they begin."""
    rng = torch.Generator().manual_seed(0)
    made = nn.BatchNorm2d(3)
    for tensor in (made.running_mean, made.weight.data, made.bias.data):
        tensor.copy_(torch.randn(3, generator=rng))
    made.running_var.copy_(torch.rand(3, generator=rng) + 0.5)
    return made


def test_a_map_by_hand():
    made = nn.BatchNorm2d(1, eps=1e-12)
    made.running_mean.fill_(1.0)
    made.running_var.fill_(4.0)
    # Its own mean is 5 and its own variance (9 + 1 + 1 + 9) / 4 = 5.
    maps = normalised_maps(torch.tensor([[[2.0, 4.0], [6.0, 8.0]]]), made)
    torch.testing.assert_close(maps.at_test[0], torch.tensor([[0.5, 1.5], [2.5, 3.5]]))
    expected = torch.tensor([[-3.0, -1.0], [1.0, 3.0]]) / 5**0.5
    torch.testing.assert_close(maps.in_training[0], expected)
    assert (maps.mean.tolist(), maps.variance.tolist()) == ([5], [5])
    assert (maps.running_mean.tolist(), maps.running_variance.tolist()) == ([1], [4])
    # |0.5 + 3 / sqrt 5|, ... are all a mean of 2: at test the photo's own mean, (5 - 1) / 2, stays.
    assert maps.differences.item() == pytest.approx(2, rel=1e-5)


def test_maps_equal_torchs_layer_in_both_modes_and_leave_it_alone(layer):
    x = 2 * torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(1)) + 1
    maps = normalised_maps(x, layer)
    before = layer.running_mean.clone()
    with torch.no_grad():
        torch.testing.assert_close(maps.at_test, layer.eval()(x[None])[0])
        assert torch.equal(layer.running_mean, before)
        torch.testing.assert_close(maps.in_training, layer.train()(x[None])[0])
    assert not torch.equal(layer.running_mean, before)
    assert torch.equal(maps.running_mean, before)


def test_the_channels_that_differ_most_come_first():
    made = nn.BatchNorm2d(3)
    made.running_mean.copy_(torch.tensor([0.0, 50.0, 5.0]))
    maps = normalised_maps(torch.randn(3, 8, 8, generator=torch.Generator().manual_seed(2)), made)
    assert maps.most_different == [1, 2, 0]
    assert not maps.is_untrained
    assert normalised_maps(maps.read, nn.BatchNorm2d(3)).is_untrained


def test_a_map_that_cannot_be_normalised_is_refused():
    with pytest.raises(ValueError, match=r"layer must keep running averages"):
        normalised_maps(torch.ones(2, 3, 3), nn.BatchNorm2d(2, track_running_stats=False))
    with pytest.raises(ValueError, match=r"at least two numbers each in training; received 1\.$"):
        normalised_maps(torch.ones(2, 1, 1), nn.BatchNorm2d(2))
