"""Stochastic depth: survival probabilities, one draw a batch, equation 5."""

import pytest
import torch

from cnnviz.architectures import build, specify
from tests.networks import summary_of

EXACT_PARAMS = {
    "stochastic_depth110_cifar": 1_727_962,
    "stochastic_depth1202_cifar": 19_421_274,
}


def blocks_of(network):
    return [block for stage in network.stages for block in stage]


@pytest.mark.parametrize("name", EXACT_PARAMS)
def test_parameters_are_exact(name):
    assert summary_of(name).totals.params == EXACT_PARAMS[name]


def test_survival_falls_linearly_to_the_last_block():
    with torch.device("meta"):
        blocks = blocks_of(build("stochastic_depth110_cifar"))
    assert len(blocks) == 54
    for number, block in enumerate(blocks, start=1):
        assert block.survival == pytest.approx(1 - number / 54 * (1 - 0.5))
    assert blocks[-1].survival == 0.5
    assert "survival=0.75" in repr(blocks[26])
    # Section 3: the expected number of blocks in a step is about 3 L / 4, here 40.
    assert sum(block.survival for block in blocks) == pytest.approx(40, abs=0.5)


def test_survival_can_be_the_same_everywhere():
    network = build("stochastic_depth110_cifar", blocks=3, survival="uniform", final_survival=0.8)
    assert {block.survival for block in blocks_of(network)} == {0.8}


def test_a_test_weights_every_block_by_its_survival():
    block = blocks_of(build("stochastic_depth110_cifar", blocks=3, final_survival=0.2))[-1]
    x = torch.rand(2, 64, 8, 8)
    with torch.no_grad():
        assert torch.allclose(block(x), torch.relu(0.2 * block.residual(x) + x))


def test_a_dropped_block_costs_nothing_and_the_batch_shares_the_draw():
    block = blocks_of(build("stochastic_depth110_cifar", blocks=3))[-1].train()
    convolutions, x = [], torch.rand(4, 64, 8, 8)
    block.conv1.register_forward_hook(lambda *_: convolutions.append(1))
    torch.manual_seed(0)
    dropped = 0
    for _ in range(400):
        before = len(convolutions)
        same = [bool(one.equal(image)) for one, image in zip(block(x), x, strict=True)]
        assert len(set(same)) == 1
        assert same[0] == (len(convolutions) == before)
        dropped += same[0]
    assert dropped / 400 == pytest.approx(0.5, abs=0.08)


def test_the_mean_of_many_training_passes_is_the_output_of_a_test():
    """Before the ReLU, where expectation and addition commute; norms keep their statistics."""
    torch.manual_seed(0)
    block = blocks_of(build("stochastic_depth110_cifar", blocks=3, final_survival=0.7))[-1]
    sums, x = [], torch.rand(2, 64, 8, 8)
    block.relu2.register_forward_pre_hook(lambda _, inputs: sums.append(inputs[0]))
    with torch.no_grad():
        block(x)
        test = sums.pop()
        block.training = True  # the block alone, not its norms
        for _ in range(2000):
            block(x)
    scale = block.residual(x).abs().max()
    assert (torch.stack(sums).mean(0) - test).abs().max() < 0.05 * scale


def test_without_dropping_it_is_resnet():
    torch.manual_seed(0)
    ours = build("stochastic_depth110_cifar", blocks=3, final_survival=1.0)
    resnet = build(specify("resnet20_cifar"))
    resnet.load_state_dict(ours.state_dict())
    image = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.allclose(ours(image), resnet(image), atol=1e-6)


def test_the_graph_shows_every_block_and_its_weight():
    kinds = summary_of("stochastic_depth110_cifar").layers["kind"]
    scalings = kinds[kinds.str.startswith("scaling")].tolist()
    assert len(scalings) == 54
    assert scalings[0] == "scaling by 0.991"
    assert scalings[-1] == "scaling by 0.5"
    assert (kinds == "addition").sum() == 54
