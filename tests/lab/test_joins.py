import pytest
import torch

from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import build, specify
from cnnviz.lab.joins import joins
from cnnviz.vision.capture import Place, recorded


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
def test_every_join_is_found_and_its_parts_are_what_the_network_joins(
    variant, resolution, kind, count
):
    torch.manual_seed(0)
    network = build(specify(variant)).eval()
    graph = network_graph(network, resolution)
    found = [join for join in joins(graph) if join.kind == kind]
    assert len(found) == count
    some = found[:: max(1, len(found) // 4)]
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
