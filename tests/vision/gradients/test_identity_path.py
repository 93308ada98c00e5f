"""The way past F: blocks made by hand, the shortcuts of Table 1, equation 4 where it holds."""

import math

import pytest
import torch
from torch import nn

from cnnviz.architectures import specify
from cnnviz.vision.gradients.identity_path import forward_shares, identity_shares, identity_sum
from cnnviz.weights.loading import random_network


def batch(channels=3, side=16, count=4):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(count, channels, side, side, generator=generator), torch.arange(count)


def made(name, **settings):
    return random_network(specify(name, num_classes=10, **settings), seed=0)


FEW = {"stage1_blocks": 2, "stage2_blocks": 1, "stage3_blocks": 1}


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
    shares = identity_shares(network, torch.ones(4, 1, 2, 2), torch.arange(4))
    assert [each.block for each in shares] == ["0", "1"]
    for each in shares:
        assert each.share == pytest.approx(s / (s + abs(k)), rel=1e-5)
        assert each.cosine == (None if k == 0 else pytest.approx(math.copysign(1, k), rel=1e-5))


@pytest.mark.parametrize(
    ("shortcut", "low", "high"),
    [("identity", 0.3, 1), ("none", 0, 0), ("shortcut-only-gating", 0.01, 0.99)],
)
def test_the_shortcuts_of_table_1(shortcut, low, high):
    network = made("preact_resnet110_cifar", shortcut=shortcut, **FEW)
    shares = identity_shares(network, *batch())
    assert len(shares) == 4
    assert all(low <= each.share <= high for each in shares)


def test_a_plain_network_has_no_shares():
    assert identity_shares(made("plain20_cifar"), *batch()) == []
    assert forward_shares(made("plain20_cifar"), batch()[0]) == []
    assert identity_sum(made("plain20_cifar"), batch()[0]) is None


def test_a_share_is_that_of_two_whole_ways_back():
    """All blocks at once give what one call a block gives."""
    network = made("resnet20_cifar").requires_grad_(True).train()
    kept = {}
    block = network.stages[1][1]
    block.register_forward_pre_hook(lambda m, inputs: kept.update(x=inputs[0]))
    block.relu2.register_forward_hook(lambda m, inputs, y: kept.update(sum=inputs[0]))
    pixels, labels = batch()
    loss = nn.functional.cross_entropy(network(pixels), labels)
    whole, past = torch.autograd.grad(loss, (kept["x"], kept["sum"]))
    shares = {each.block: each for each in identity_shares(made("resnet20_cifar"), pixels, labels)}
    assert len(shares) == 9
    assert shares["stages.1.1"].shortcut == pytest.approx(float(past.norm()), rel=1e-4)
    assert shares["stages.1.1"].residual == pytest.approx(float((whole - past).norm()), rel=1e-4)


@pytest.mark.parametrize("name", ["resnet20_cifar", "stochastic_depth110_cifar"])
def test_the_sum_of_a_block_that_ends_with_a_relu(name):
    network = made(name, **({"blocks": 3} if name.startswith("stochastic") else {})).train()
    for block in network.modules():
        if hasattr(block, "survival"):
            block.eval()
    kept = {}
    block = network.stages[0][1]
    block.shortcut.register_forward_hook(lambda m, inputs, h: kept.update(h=h.detach()))
    block.relu2.register_forward_hook(lambda m, inputs, y: kept.update(sum=inputs[0].detach()))
    pixels, _ = batch()
    with torch.no_grad():
        network(pixels)
    share = {each.block: each for each in forward_shares(network, pixels)}["stages.0.1"]
    assert share.shortcut == pytest.approx(float(kept["h"].norm()), rel=1e-4)
    assert share.residual == pytest.approx(float((kept["sum"] - kept["h"]).norm()), rel=1e-4)


def test_a_scaled_shortcut_counts_as_it_is_scaled():
    pixels, _ = batch()
    plain, scaled = (
        forward_shares(made("preact_resnet110_cifar", shortcut=shortcut, **FEW), pixels)[0]
        for shortcut in ("identity", "constant-scaling")
    )
    assert scaled.shortcut == pytest.approx(plain.shortcut / 2, rel=1e-5)
    assert scaled.residual == pytest.approx(plain.residual, rel=1e-4)
    nothing = forward_shares(made("preact_resnet110_cifar", shortcut="none", **FEW), pixels)
    assert [each.share for each in nothing] == [0, 0, 0, 0]


def test_equation_4_holds_where_nothing_follows_the_addition():
    pixels, _ = batch()
    blocks = {f"stage{number}_blocks": 3 for number in (1, 2, 3)}
    total = identity_sum(made("preact_resnet110_cifar", **blocks), pixels)
    assert total.blocks == ("stages.0.0", "stages.0.1", "stages.0.2")
    assert total.error < 1e-6
    assert 0 < total.share < 1
    relu = identity_sum(made("resnet20_cifar"), pixels)
    assert relu.blocks == total.blocks
    assert relu.error > 0.05
    scaled = identity_sum(made("preact_resnet110_cifar", shortcut="frozen-gating", **FEW), pixels)
    assert scaled.error > 0.05


def test_where_every_shortcut_is_a_projection_there_is_no_sum():
    assert identity_sum(made("resnet20_cifar", shortcut="C"), batch()[0]) is None


def test_progress_is_reported():
    told = []
    identity_shares(made("resnet20_cifar"), *batch(), told.append)
    assert told == sorted(told)
    assert told[-1] > 0.95  # of the first layer no gradient is wanted
