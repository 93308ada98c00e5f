"""Where the lab looks in networks: with and without batch norm, before or behind a convolution."""

import pytest
import torch
from torch import nn

from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import build, specify
from cnnviz.lab.network_places import (
    before_activation,
    first_batch_norm,
    has_batch_norm,
    joins,
    variants_with_batch_norm,
)
from cnnviz.vision.capture import Place, recorded


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
    at = place(name, resolution)
    assert (at.node.name, at.reader.kind) == (node, reader)
    assert at.is_normalised == ("norm" in node)


def test_the_first_batch_norm_or_none():
    assert first_batch_norm(network_graph(specify("resnet20_cifar"), 32)).name == "stem.norm"
    assert first_batch_norm(network_graph(specify("squeezenet1_1"), 224)) is None


def test_the_variants_that_are_named_have_batch_norm():
    named = variants_with_batch_norm()
    assert "resnet18" in named and not {"lenet5", "vgg11", "squeezenet1_1"} & {*named}
    assert not has_batch_norm("vgg11") and has_batch_norm("vgg11_bn")
    graph = network_graph(specify(named[0]), 224)
    assert first_batch_norm(graph) is not None


def reading(graph, join):
    """A layer that reads what a join makes."""
    (number,) = [n for n, node in enumerate(graph.nodes) if node.name == join.name]
    node = next(node for node in graph.layers if node.module is not None and number in node.inputs)
    return Place(node.name, node.inputs.index(number))


@pytest.mark.parametrize(
    ("variant", "resolution", "kind", "count"),
    [
        ("resnet20_cifar", 32, "addition", 9),
        ("preact_resnet110_cifar", 32, "addition", 54),
        ("densenet40_k12_cifar", 32, "concatenation", 36),
        ("googlenet", 224, "concatenation", 9),
    ],
)
def test_every_join_is_listed_with_the_parts_that_the_network_joins(
    variant, resolution, kind, count
):
    torch.manual_seed(0)
    network = build(specify(variant)).eval()
    graph = network_graph(network, resolution)
    joined = [join for join in joins(graph) if join.kind == kind]
    assert len(joined) == count
    some = joined[:: max(1, len(joined) // 4)]
    read = {join.name: reading(graph, join) for join in some}
    wanted = [*(place for join in some for place in join.parts), *read.values()]
    with torch.no_grad(), recorded(network, wanted) as seen:
        network(torch.rand(1, *graph.input_shape))
    for join in some:
        parts = [seen[place] for place in join.parts]
        made = sum(parts) if kind == "addition" else torch.cat(parts, 1)
        assert torch.equal(made, seen[read[join.name]])


def test_a_plain_network_joins_nothing():
    assert joins(network_graph(specify("vgg11"), 224)) == []
