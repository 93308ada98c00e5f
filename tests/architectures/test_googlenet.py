import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import build, specify
from cnnviz.architectures.googlenet import GoogLeNetConfig, Inception
from tests.networks import summary_of


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("googlenet", 6_998_552),
        ("googlenet_aux", 13_378_280),
        ("googlenet_torchvision", 6_624_904),
    ],
)
def test_parameters_are_exact_and_22_layers_have_them(name, params):
    totals = summary_of(name).totals
    assert (totals.params, totals.depth) == (params, 22)


def test_table_1_row_by_row():
    """Output sizes, and multiply-adds of each module in millions; 5a is 51, not the 54 printed."""
    graph = network_graph(specify("googlenet"), 224)
    ends = {node.name: node.output_shape for node in graph.layers}
    assert ends["stem.pool"] == (64, 56, 56)
    assert ends["stages.0.pool"] == (192, 28, 28)
    assert ends["stages.1.pool"] == (480, 14, 14)
    assert ends["stages.4.pool"] == (832, 7, 7)
    assert ends["stages.4.inception5b.concatenation"] == (1024, 7, 7)
    layers = summary_of("googlenet").layers
    modules = layers[layers["name"].str.contains("inception")]
    millions = modules.groupby(modules["name"].str.extract(r"inception(\w+)", expand=False))
    assert [int(macs / 1e6) for macs in millions["macs"].sum()] == [
        *(128, 304),
        *(73, 87, 99, 118, 169),
        *(51, 70),
    ]


def test_a_naive_module_costs_what_the_lecture_says():
    """28 x 28 x 256 through 1x1, 3x3, 5x5 and pooling: 672 maps for 854 M multiplications."""
    with torch.device("meta"):
        config = GoogLeNetConfig(reductions=False)
        module, maps = Inception(config, 256, (128, 0, 192, 0, 96, 64)), torch.empty(1, 256, 28, 28)
    with FlopCounterMode(display=False) as counter:
        assert module(maps).shape == (1, 672, 28, 28)
    assert module.out_channels == 672
    assert round(counter.get_total_flops() / 2e6) == 854


@pytest.mark.parametrize("resolution", [32, 224])
def test_auxiliary_heads_answer_in_training_alone(resolution):
    with torch.device("meta"):
        network, images = build("googlenet_aux"), torch.empty(2, 3, resolution, resolution)
    assert network(images).shape == (2, 1000)
    assert [logits.shape for logits in network.train()(images)] == [(2, 1000)] * 3


def test_auxiliary_heads_read_4a_and_4d_through_the_papers_pooling():
    nodes = {node.name: node for node in network_graph(specify("googlenet_aux"), 224).nodes}
    for stage, channels in (("1", 512), ("2", 528)):
        resize, pool = (nodes[f"auxiliary.{stage}.{layer}"] for layer in ("resize", "pool"))
        assert resize.input_shapes == ((channels, 14, 14),)
        assert resize.output_shape == (channels, 14, 14)
        assert pool.output_shape == (channels, 4, 4)


def test_at_14_px_the_resizing_changes_nothing():
    maps = torch.randn(1, 3, 14, 14)
    assert nn.AdaptiveAvgPool2d(14)(maps).equal(maps)


def test_the_cifar_stem_leaves_maps_to_look_at():
    shapes = {
        stem: network_graph(specify("googlenet", stem=stem), 32).nodes
        for stem in ("imagenet", "cifar")
    }
    last = {
        stem: next(n.output_shape for n in nodes if n.name.endswith("5b.concatenation"))
        for stem, nodes in shapes.items()
    }
    assert last == {"imagenet": (1024, 1, 1), "cifar": (1024, 4, 4)}
