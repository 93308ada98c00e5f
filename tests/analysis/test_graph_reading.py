"""Where a node of the graph can be read in the network that runs."""

import pytest
import torch

from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import build, specify
from cnnviz.vision.capture import Place, activation
from tests.networks import graph_of


@pytest.mark.parametrize("name", ["resnet18", "densenet121", "googlenet_aux", "inception_v3"])
def test_every_operation_can_be_read_somewhere(name):
    graph = graph_of(name)
    nodes = {node.name: node for node in graph.nodes}
    for node in graph.layers:
        layer, index = graph.read_at(graph.position(node.name))
        if node.module is not None:
            assert (layer, index) == (node.name, None)
        elif index is not None:
            assert nodes[layer].input_shapes[index] == node.output_shape
        else:
            assert any(other.startswith(f"{layer}.") for other in nodes)


def test_an_operation_is_read_by_the_next_layer():
    network = build("resnet20_cifar")
    graph = network_graph(network, 32)
    layer, index = graph.read_at(graph.position("stages.0.0.addition"))
    assert (layer, index) == ("stages.0.0.relu2", 0)
    image = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        sums = activation(network, Place(layer, index), image)
        rectified = activation(network, Place(layer), image)
    assert sums.min() < 0
    assert torch.equal(sums.relu(), rectified)


def test_a_layer_is_found_by_its_name_and_an_unknown_one_is_named():
    graph = network_graph(specify("resnet20_cifar"), 32)
    assert graph.nodes[graph.position("stages.1.0.conv2")].name == "stages.1.0.conv2"
    assert graph.position("input") == 0
    with pytest.raises(KeyError, match=r"stages\.9 is no layer .* such as head\.linear"):
        graph.position("stages.9")
