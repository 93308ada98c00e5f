"""What a run keeps of feature reuse gives all four definitions again, to the digits kept."""

import json

import numpy as np
import pytest

from cnnviz.analysis.reuse.matrices import DEFINITIONS, feature_reuse
from cnnviz.analysis.reuse.record import recalled_reuse, reuse_record
from cnnviz.architectures import specify
from cnnviz.weights.loading import random_network

SMALL = {"stage1_layers": 3, "stage2_layers": 2, "stage3_layers": 2}
NETWORKS = {
    "plain": specify("densenet40_k12_cifar", growth_rate=4, **SMALL),
    "bc": specify("densenet_bc100_k12_cifar", growth_rate=4, **SMALL),
    "two blocks": specify("simple_densenet"),
}


@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_definition_is_recalled(name, definition):
    network = random_network(NETWORKS[name], seed=3)
    kept = json.loads(json.dumps(reuse_record(network)))
    # The shapes alone are taken of the network: another seed's weights change nothing.
    panels = recalled_reuse(random_network(NETWORKS[name], seed=4), kept, definition)
    for panel, expected in zip(panels, feature_reuse(network, definition), strict=True):
        assert panel.sources == expected.sources
        assert panel.targets == expected.targets
        np.testing.assert_array_equal(np.isnan(panel.matrix), np.isnan(expected.matrix))
        np.testing.assert_allclose(panel.matrix, expected.matrix, rtol=6e-4)


def test_it_is_compact():
    written = json.dumps(reuse_record(random_network(specify("densenet40_k12_cifar"), 0)))
    cells = 3 * 13 * 14 / 2
    assert len(written) < 2 * cells * 12


def test_other_networks_keep_nothing():
    assert reuse_record(random_network(specify("resnet20_cifar"), 0)) == {}


def test_an_unknown_definition_names_the_known():
    network = random_network(NETWORKS["two blocks"], 0)
    with pytest.raises(KeyError, match="known are mean, l1, l1_per_map, max"):
        recalled_reuse(network, reuse_record(network), "median")
