"""Gradients and activations by layer against plain loops, hooks and a block made by hand."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnviz.architectures import specify
from cnnviz.vision.gradient_flow import activation_statistics, identity_shares, layer_gradients
from cnnviz.vision.weights import random_network


def batch(channels=3, side=16, count=4):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(count, channels, side, side, generator=generator), torch.arange(count)


def made(name, **settings):
    return random_network(specify(name, num_classes=10, **settings), seed=0)


def test_gradients_are_those_of_plain_autograd_in_training():
    pixels, labels = batch()
    found = layer_gradients(made("resnet20_cifar"), pixels, labels)
    network = made("resnet20_cifar").requires_grad_(True).train()
    functional.cross_entropy(network(pixels), labels).backward()
    assert len(found) == 20
    for each in found:
        gradient = network.get_submodule(each.layer).weight.grad
        assert each.norm == float(gradient.norm()) > 0
        assert each.rms == pytest.approx(float(gradient.square().mean().sqrt()), rel=1e-5)
    assert (found[0].position, found[-1].position) == (0, 1)
    assert (found[0].layer, found[-1].layer) == ("stem.conv", "head.linear")


def test_the_network_and_the_random_numbers_stay():
    network = made("preact_resnet110_cifar", stage1_blocks=1, stage2_blocks=1, stage3_blocks=1)
    before = {name: each.clone() for name, each in network.state_dict().items()}
    state = torch.get_rng_state()
    pixels, labels = batch()
    layer_gradients(network, pixels, labels)
    identity_shares(network, pixels, labels)
    activation_statistics(network, pixels)
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(each, before[name]) for name, each in network.state_dict().items())
    assert not network.training
    assert all(each.grad is None for each in network.parameters())


class Block(nn.Module):
    """y = s x + F(x) with F(x) = k x."""

    def __init__(self, s, k):
        super().__init__()
        self.shortcut = nn.Conv2d(1, 1, 1, bias=False) if s != 1 else nn.Identity()
        if s != 1:
            nn.init.constant_(self.shortcut.weight, s)
        self.k = k

    def forward(self, x):
        return self.shortcut(x) + self.k * x


@pytest.mark.parametrize(("s", "k"), [(1, 0.25), (1, -0.5), (0.5, 1.0), (1, 0.0)])
def test_the_share_of_blocks_made_by_hand(s, k):
    network = nn.Sequential(Block(s, k), Block(s, k), nn.Flatten(), nn.Linear(4, 4))
    found = identity_shares(network, torch.ones(4, 1, 2, 2), torch.arange(4))
    assert [each.block for each in found] == ["0", "1"]
    for each in found:
        assert each.share == pytest.approx(s / (s + abs(k)), rel=1e-5)
        assert each.cosine == (None if k == 0 else pytest.approx(math.copysign(1, k), rel=1e-5))


@pytest.mark.parametrize(
    ("shortcut", "low", "high"),
    [("identity", 0.3, 1), ("none", 0, 0), ("shortcut-only-gating", 0.01, 0.99)],
)
def test_the_shortcuts_of_table_1(shortcut, low, high):
    blocks = {"stage1_blocks": 2, "stage2_blocks": 1, "stage3_blocks": 1}
    network = made("preact_resnet110_cifar", shortcut=shortcut, **blocks)
    found = identity_shares(network, *batch())
    assert len(found) == 4
    assert all(low <= each.share <= high for each in found)


def test_a_plain_network_has_no_shares():
    assert identity_shares(made("plain20_cifar"), *batch()) == []


def test_activations_are_what_hooks_of_the_test_see():
    network = made("plain20_cifar")
    seen = {}
    for name, module in network.named_modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(
                lambda m, i, output, name=name: seen.__setitem__(name, output.detach())
            )
    pixels, _ = batch()
    found = activation_statistics(network, pixels)
    network.train()
    seen.clear()
    with torch.no_grad():
        network(pixels)
    assert [each.layer for each in found] == list(seen)
    for each in found:
        output = seen[each.layer].numpy()
        assert each.mean == pytest.approx(output.mean(), rel=1e-4)
        assert each.std == pytest.approx(output.std(), rel=1e-4)
        assert each.zeros == (output == 0).mean()


def test_sigmoids_make_the_gradient_vanish_and_relus_with_their_initialisation_do_not():
    pixels, labels = batch(1, 28)
    ratios = {}
    for activation, initialisation in (("sigmoid", "xavier"), ("relu", "he")):
        network = made(
            "mlp",
            in_channels=1,
            resolution=28,
            hidden_layers=8,
            hidden_units=64,
            activation=activation,
            initialisation=initialisation,
        )
        found = layer_gradients(network, pixels, labels)
        ratios[activation] = found[0].rms / found[-1].rms
    assert ratios["sigmoid"] < 1e-3 < 1e-2 < ratios["relu"]
