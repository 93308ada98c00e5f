"""The optimiser: its steps are torch's, also where a block was left out of some of them."""

import copy

import pytest
import torch
from torch import nn

from cnnviz.training.loop.engine import train
from cnnviz.training.loop.optimisers import optimiser
from cnnviz.training.options import TrainingOptions

KINDS = ["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"]


def two_blocks():
    torch.manual_seed(0)
    return nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3)])


def go(blocks, optimiser, left_out):
    """Four steps; the second block is left out of some."""
    for step in range(4):
        optimiser.zero_grad(set_to_none=True)
        value = blocks[0](torch.full((2, 3), 1.0 + step))
        if step not in left_out:
            value = blocks[1](value)
        value.square().sum().backward()
        optimiser.step()
    return torch.cat([parameter.detach().flatten() for parameter in blocks.parameters()])


@pytest.mark.parametrize("left_out", [(), (0,), (0, 2), (1, 2, 3)], ids=str)
@pytest.mark.parametrize("kind", ["momentum", "nesterov"])
def test_momentum_equals_torchs_loop_also_where_a_block_is_left_out(kind, left_out):
    options = TrainingOptions(optimiser=kind, learning_rate=0.01, weight_decay=0.001)
    ours, theirs = two_blocks(), two_blocks()
    plain = torch.optim.SGD(
        theirs.parameters(),
        lr=0.01,
        momentum=options.momentum,
        nesterov=kind == "nesterov",
        weight_decay=0.001,
        fused=False,
    )
    weights = go(ours, optimiser(ours, options), left_out)
    torch.testing.assert_close(weights, go(theirs, plain, left_out))


@pytest.mark.parametrize("kind", KINDS)
def test_every_optimiser_starts_where_a_block_is_left_out_first(kind):
    blocks = two_blocks()
    before = copy.deepcopy(blocks[1].weight)
    options = TrainingOptions(optimiser=kind, learning_rate=0.01)
    assert torch.isfinite(go(blocks, optimiser(blocks, options), (0,))).all()
    assert not torch.equal(before, blocks[1].weight)


@pytest.mark.parametrize("kind", KINDS)
def test_stochastic_depth_trains_with_every_optimiser(small_data, network_for, kind):
    data = small_data(classes=2, count=32)
    options = TrainingOptions(epochs=2, batch_size=8, optimiser=kind, learning_rate=0.001)
    network = network_for("stochastic_depth110_cifar", data, blocks=1, final_survival=0.1)
    measured = list(train(network, data, options, "cpu"))
    assert measured[-1].step == 8
