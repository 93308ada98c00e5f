"""F(x) against x, written out by hand for each kind of block; which blocks survive."""

import numpy as np
import pytest
import torch

from cnnviz.architectures import specify
from cnnviz.vision.gradients.residual_size import (
    drawn_survivals,
    has_residual_blocks,
    residual_sizes,
    survivals,
)
from cnnviz.weights.loading import random_network

FEW = {"stage1_blocks": 2, "stage2_blocks": 2, "stage3_blocks": 2}
SPECS = {
    "basic": specify("resnet20_cifar", **FEW),
    "basic, projections": specify("resnet20_cifar", shortcut="C", **FEW),
    "bottleneck": specify("resnet20_cifar", block="bottleneck", shortcut="B", **FEW),
    "pre-activation": specify("preact_resnet110_cifar", **FEW),
    "gates": specify("preact_resnet110_cifar", shortcut="exclusive-gating", **FEW),
    "original order": specify("preact_resnet110_cifar", order="original", **FEW),
    "stochastic depth": specify("stochastic_depth110_cifar", blocks=1),
}
# F(x) as the papers write it, of a block and its input.
RESIDUALS = {
    "basic": lambda block, x: block.residual(x),
    "bottleneck": lambda block, x: block.norm3(
        block.conv3(block.relu2(block.norm2(block.conv2(block.relu1(block.norm1(block.conv1(x)))))))
    ),
    "stochastic depth": lambda block, x: block.survival * block.residual(x),
}
RESIDUALS["basic, projections"] = RESIDUALS["basic"]


def unit(block, x):
    return block.residual(block.before(x))


def shortcut(block, x):
    if hasattr(block, "reshape"):
        return block.reshape(block.before(x) if block.projects else x)
    return block.shortcut(x)


def blocks_of(network):
    return [block for stage in network.stages for block in stage]


def network_of(name):
    """With batch normalisation that has seen other images, as after training."""
    network = random_network(SPECS[name], 1)
    rng = torch.Generator().manual_seed(5)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_var.copy_(0.5 + torch.rand(module.num_features, generator=rng))
            module.running_mean.copy_(torch.randn(module.num_features, generator=rng) / 4)
    return network


@pytest.fixture
def pixels():
    return torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("name", SPECS)
def test_sizes_are_those_of_the_papers_formula(name, pixels):
    network = network_of(name)
    sizes = residual_sizes(network, pixels)
    with torch.no_grad():
        x = network.stem(pixels)
        for block, each in zip(blocks_of(network), sizes, strict=True):
            f = RESIDUALS.get(name, unit)(block, x)
            h = shortcut(block, x)
            assert network.get_submodule(each.block) is block
            assert each.residual == pytest.approx(float(f.square().mean().sqrt()), rel=1e-4)
            assert each.shortcut == pytest.approx(float(h.square().mean().sqrt()), rel=1e-5)
            assert each.ratio == pytest.approx(float(f.norm() / h.norm()), rel=1e-4)
            assert each.is_identity == (h.shape == x.shape and torch.equal(h, x))
            x = block(x)


def test_the_network_stays_as_it_is(pixels):
    network = network_of("basic")
    before = network(pixels)
    residual_sizes(network, pixels)
    assert torch.equal(network(pixels), before)
    assert not any(module._forward_hooks for module in network.modules())
    assert not any(module._forward_pre_hooks for module in network.modules())


def test_a_plain_network_has_no_residual_block(pixels):
    network = random_network(specify("plain20_cifar"), 0)
    assert not has_residual_blocks(network)
    assert residual_sizes(network, pixels) == []


def test_a_shortcut_of_zeros_has_no_ratio():
    network = random_network(SPECS["pre-activation"], 0)
    network.stem.requires_grad_(False)
    for parameter in network.stem.parameters():
        parameter.zero_()
    assert residual_sizes(network, torch.zeros(1, 3, 32, 32))[0].ratio is None


def test_declared_survival_is_the_papers_linear_decay():
    network = random_network(specify("stochastic_depth110_cifar"), 0)
    probabilities = list(survivals(network).values())
    assert probabilities == pytest.approx([1 - block / 54 * 0.5 for block in range(1, 55)])
    assert survivals(random_network(SPECS["basic"], 0)) == {}


def test_drawn_survivals_follow_the_declared_ones_and_the_seed():
    network = random_network(specify("stochastic_depth110_cifar", blocks=3), 0)
    state = torch.get_rng_state()
    drawn = drawn_survivals(network, 400, seed=1)
    assert torch.equal(torch.get_rng_state(), state)
    assert drawn.shape == (400, 9)
    declared = np.array(list(survivals(network).values()))
    spread = np.sqrt(declared * (1 - declared) / 400)
    assert (np.abs(drawn.mean(axis=0) - declared) < 4 * spread).all()
    assert (drawn == drawn_survivals(network, 400, seed=1)).all()
    assert (drawn != drawn_survivals(network, 400, seed=2)).any()


def test_a_training_step_draws_by_the_same_rule():
    network = random_network(specify("stochastic_depth110_cifar", blocks=3), 0).train()
    ran = []
    for block in blocks_of(network):
        block.conv1.register_forward_hook(lambda module, inputs, output: ran.append(module))
    with torch.random.fork_rng(devices=[]):
        rng = torch.Generator().manual_seed(3)
        torch.manual_seed(3)
        network(torch.zeros(2, 3, 32, 32))
    expected = [block.conv1 for block in blocks_of(network) if block.takes_part(rng)]
    assert ran == expected
