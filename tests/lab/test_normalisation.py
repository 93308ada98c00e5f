"""Normalisation and dropout: worked by hand, and torch's own layers agree."""

import pytest
import torch
from torch import nn

from cnnviz.lab.normalisation import (
    BatchSettings,
    DropoutSettings,
    ResponseSettings,
    dropped,
    local_responses,
    mean_of_draws,
    normalised_batch,
    vector,
)


def test_a_row_of_numbers_is_read_and_more_is_refused():
    assert vector("1, 2 3", "x").tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match=r"x must be one row of numbers; received 1 x 2\.$"):
        vector("1 2; 3 4", "x")


def test_local_responses_by_hand():
    settings = ResponseSettings(neighbours=3, constant=1.0, alpha=1.0, beta=0.5)
    responses = local_responses(torch.tensor([1.0, 2.0, 4.0]), settings)
    assert responses.sums.tolist() == [1 + 4, 1 + 4 + 16, 4 + 16]
    expected = [1 / 6**0.5, 2 / 22**0.5, 4 / 21**0.5]
    torch.testing.assert_close(responses.output, torch.tensor(expected))


def test_alexnets_numbers_hardly_change_a_single_one():
    responses = local_responses(torch.tensor([0.0, 0.0, 10.0, 0.0, 0.0]))
    assert responses.sums.tolist() == [100] * 5
    assert float(responses.output[2]) == pytest.approx(10 / (2 + 1e-4 * 100) ** 0.75)


@pytest.mark.parametrize("n", [1, 3, 5, 9])
def test_torch_divides_its_alpha_by_n(n):
    a = 30 * torch.randn(1, 8, 4, 5, generator=torch.Generator().manual_seed(0))
    responses = local_responses(a[0], ResponseSettings(neighbours=n))
    same = nn.LocalResponseNorm(n, alpha=n * 1e-4, beta=0.75, k=2.0)
    torch.testing.assert_close(responses.output, same(a)[0])
    if n > 1:
        other = nn.LocalResponseNorm(n, alpha=1e-4, beta=0.75, k=2.0)
        assert not torch.allclose(responses.output, other(a)[0], rtol=1e-3)


def test_a_batch_by_hand():
    normalised = normalised_batch(torch.tensor([1.0, 3.0]), BatchSettings(gamma=2.0, beta=5.0))
    assert (normalised.mean, normalised.variance, normalised.unbiased) == (2, 1, 2)
    assert normalised.output.tolist() == [pytest.approx(3, abs=1e-4), pytest.approx(7, abs=1e-4)]
    # One batch of momentum 0.1: 0.9 x 0 + 0.1 x 2 and 0.9 x 1 + 0.1 x 2.
    assert normalised.running_mean == pytest.approx(0.2)
    assert normalised.running_variance == pytest.approx(1.1)


@pytest.mark.parametrize("mode", ["training", "test"])
@pytest.mark.parametrize("seen", [0, 1, 7])
@pytest.mark.parametrize("momentum", [0.1, 1.0])
def test_batch_normalisation_equals_torchs(mode, seen, momentum):
    rng = torch.Generator().manual_seed(0)
    trained, x = 3 * torch.randn(2, 6, generator=rng) + 4
    layer = nn.BatchNorm1d(1, momentum=momentum)
    nn.init.constant_(layer.weight, 3)
    nn.init.constant_(layer.bias, -2)
    for _ in range(seen):
        layer(trained[:, None])
    settings = BatchSettings(mode, seen, momentum, gamma=3.0, beta=-2.0)
    normalised = normalised_batch(x, settings, trained)
    assert normalised.running_mean == pytest.approx(float(layer.running_mean), rel=1e-4, abs=1e-6)
    assert normalised.running_variance == pytest.approx(float(layer.running_var), rel=1e-4)
    layer.train(mode == "training")
    torch.testing.assert_close(normalised.output, layer(x[:, None])[:, 0].detach())


def test_one_number_is_no_batch_in_training_but_one_at_test():
    alone, trained = torch.tensor([4.0]), torch.tensor([1.0, 3.0])
    with pytest.raises(ValueError, match=r"must have at least two numbers in training"):
        normalised_batch(alone)
    normalised = normalised_batch(alone, BatchSettings("test", momentum=1.0), trained)
    assert normalised.output.item() == pytest.approx((4 - 2) / 2**0.5, rel=1e-4)


def test_dropout_scales_what_it_keeps_and_is_off_at_test():
    x = torch.arange(1.0, 9.0)
    drop = dropped(x, DropoutSettings(probability=0.5, seed=3))
    assert drop.scale == 2
    assert drop.output.tolist() == [2 * v if k else 0 for v, k in zip(x, drop.kept, strict=True)]
    assert 0 < int(drop.kept.sum()) < 8
    assert torch.equal(drop.output, dropped(x, DropoutSettings(probability=0.5, seed=3)).output)
    assert not torch.equal(drop.kept, dropped(x, DropoutSettings(probability=0.5, seed=4)).kept)
    off = dropped(x, DropoutSettings(training=False, probability=0.5))
    assert torch.equal(off.output, x) and off.scale == 1
    assert torch.equal(off.output, nn.Dropout(0.5).eval()(x))


def test_what_is_kept_has_torchs_values():
    x = torch.full((4000,), 3.0)
    ours = dropped(x, DropoutSettings(probability=0.2)).output
    with torch.random.fork_rng():
        torchs = nn.Dropout(0.2)(x)
    torch.testing.assert_close(ours.unique(), torchs.unique())
    assert float((ours == 0).float().mean()) == pytest.approx(0.2, abs=0.03)


def test_the_mean_of_many_draws_is_the_input():
    x = torch.tensor([1.0, -4.0, 10.0])
    torch.testing.assert_close(mean_of_draws(x, DropoutSettings(), 4000), x, rtol=0.05, atol=0)
    assert torch.equal(mean_of_draws(x, DropoutSettings(training=False)), x)
