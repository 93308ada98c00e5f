"""Figure 5 against loops over the weights, one at a time."""

import numpy as np
import pytest

from cnnviz.analysis.reuse.matrices import (
    DEFINITIONS,
    BlockReuse,
    block_readers,
    feature_reuse,
    has_bottlenecks,
    largest,
    shares,
)
from cnnviz.architectures import specify
from cnnviz.weights.loading import random_network

SMALL = {"stage1_layers": 3, "stage2_layers": 2, "stage3_layers": 2}
# A plain one, one with bottlenecks and compression, one with two blocks.
NETWORKS = {
    "plain": specify("densenet40_k12_cifar", growth_rate=4, **SMALL),
    "bc": specify("densenet_bc100_k12_cifar", growth_rate=4, **SMALL),
    "two blocks": specify("simple_densenet"),
}
BY_HAND = {
    "mean": lambda weights, maps: sum(weights) / len(weights),
    "l1": lambda weights, maps: sum(weights),
    "l1_per_map": lambda weights, maps: sum(weights) / maps,
    "max": lambda weights, maps: max(weights),
}


def read_by(network, block, layer):
    """The weight by which layer l (from 1) of a block (from 0) reads, and what follows it."""
    stages = list(network.stages)
    if layer <= len(stages[block].block):
        return stages[block].block[f"layer{layer}"].conv1.weight
    if block + 1 < len(stages):
        return stages[block + 1].transition.conv.weight
    return next(each for each in network.head.parameters() if each.dim() == 2)


def by_hand(network, block, definition):
    """A panel from the channel numbers of the paper: k_0, then k from every layer."""
    dense = list(network.stages)[block].block
    depth, k = len(dense), network.spec.config.growth_rate
    k_0 = dense["layer1"].conv1.weight.shape[1]
    panel = np.full((depth + 1, depth + 1), np.nan)
    for column in range(1, depth + 2):
        weight = read_by(network, block, column).detach().double().numpy()
        for source in range(min(column, depth + 1)):
            start, maps = (0, k_0) if source == 0 else (k_0 + (source - 1) * k, k)
            weights = [
                abs(float(value))
                for output in range(weight.shape[0])
                for channel in range(start, start + maps)
                for value in np.atleast_1d(weight[output, channel]).ravel()
            ]
            panel[source, column - 1] = BY_HAND[definition](weights, maps)
    return panel


@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_block_equals_plain_loops(name, definition):
    network = random_network(NETWORKS[name], seed=3)
    panels = feature_reuse(network, definition)
    assert len(panels) == len(NETWORKS[name].config.depths)
    for block, panel in enumerate(panels):
        expected = by_hand(network, block, definition)
        assert panel.matrix.shape == expected.shape
        np.testing.assert_array_equal(np.isnan(panel.matrix), np.isnan(expected))
        np.testing.assert_allclose(panel.matrix, expected, rtol=0, atol=1e-6)


def test_rows_and_columns_have_names():
    first, last = feature_reuse(random_network(NETWORKS["two blocks"], 0))
    assert first.sources == ("input", "layer 1", "layer 2")
    assert first.targets == ("layer 1", "layer 2", "transition")
    assert last.targets[-1] == "classifier"


def test_readers_read_all_channels_of_their_weight():
    for readers in block_readers(random_network(NETWORKS["bc"], 0)):
        for reader in readers:
            assert sum(reader.sources) == reader.weight.shape[1]


@pytest.mark.parametrize(("name", "expected"), [("plain", False), ("bc", True)])
def test_bottlenecks(name, expected):
    assert has_bottlenecks(random_network(NETWORKS[name], 0)) == expected


def block(*rows):
    return BlockReuse(("input", "layer 1"), ("layer 1", "classifier"), np.array(rows))


def test_shares_of_a_column_of_a_block_and_of_the_network():
    panels = (block([1.0, 2.0], [np.nan, 4.0]), block([8.0, 2.0], [np.nan, 0.0]))
    expected = {
        "column": ([[1, 0.5], [np.nan, 1]], [[1, 1], [np.nan, 0]]),
        "block": ([[0.25, 0.5], [np.nan, 1]], [[1, 0.25], [np.nan, 0]]),
        "none": ([[0.125, 0.25], [np.nan, 0.5]], [[1, 0.25], [np.nan, 0]]),
    }
    for by, matrices in expected.items():
        for each, matrix in zip(shares(panels, largest([panels], by)), matrices, strict=True):
            np.testing.assert_array_equal(each, matrix)


def test_several_networks_share_a_scale():
    weak, strong = (block([1.0, 2.0], [np.nan, 4.0]),), (block([2.0, 2.0], [np.nan, 8.0]),)
    (share,) = shares(weak, largest([weak, strong], "column"))
    np.testing.assert_array_equal(share, [[0.5, 0.25], [np.nan, 0.5]])


def test_a_column_of_zeros_has_no_share():
    nothing = (block([0.0, 0.0], [np.nan, 0.0]),)
    np.testing.assert_array_equal(shares(nothing, largest([nothing]))[0], nothing[0].matrix)


def test_a_network_without_dense_blocks_is_refused():
    with pytest.raises(ValueError, match="must have dense blocks; received resnet20_cifar"):
        feature_reuse(random_network(specify("resnet20_cifar"), 0))


def test_an_unknown_definition_names_the_known():
    network = random_network(NETWORKS["two blocks"], 0)
    with pytest.raises(KeyError, match="known are mean, l1, l1_per_map, max"):
        feature_reuse(network, "median")
