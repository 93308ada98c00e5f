"""Where the lab looks in networks: with and without batch norm, before or behind a convolution."""

import pytest
from torch import nn

from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import specify
from cnnviz.lab.network_places import (
    before_activation,
    first_batch_norm,
    has_batch_norm,
    variants_with_batch_norm,
)


def place(name, resolution):
    graph = network_graph(specify(name), resolution)
    convolution = next(i for i, n in enumerate(graph.nodes) if isinstance(n.module, nn.Conv2d))
    return before_activation(graph, convolution)


@pytest.mark.parametrize(
    ("name", "resolution", "node", "reader"),
    [
        ("resnet20_cifar", 32, "stem.norm", "ReLU"),
        ("squeezenet1_1", 224, "stem.conv", "ReLU"),
        ("lenet5", 32, "stages.0.c1", "scaled tanh"),
        ("wide_resnet16_4_cifar", 32, "stages.0.0.norm1", "ReLU"),
    ],
)
def test_the_activation_reads_the_convolution_or_its_batch_norm(name, resolution, node, reader):
    found = place(name, resolution)
    assert (found.node.name, found.reader.kind) == (node, reader)
    assert found.is_normalised == ("norm" in node)


def test_the_first_batch_norm_is_found_or_there_is_none():
    assert first_batch_norm(network_graph(specify("resnet20_cifar"), 32)).name == "stem.norm"
    assert first_batch_norm(network_graph(specify("squeezenet1_1"), 224)) is None


def test_the_variants_that_are_named_have_batch_norm():
    named = variants_with_batch_norm()
    assert "resnet18" in named and not {"lenet5", "vgg11", "squeezenet1_1"} & {*named}
    assert not has_batch_norm("vgg11") and has_batch_norm("vgg11_bn")
    graph = network_graph(specify(named[0]), 224)
    assert first_batch_norm(graph) is not None
