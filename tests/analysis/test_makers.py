"""Which filter makes a map: by the graph, and by what changes when that filter is zeroed."""

from dataclasses import replace

import pytest
import torch

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.makers import maker, origin
from cnnviz.architectures import build, specify, variant
from cnnviz.vision.capture import Place, recorded
from tests.networks import graph_of


def ready(name, resolution=None, **settings):
    torch.manual_seed(0)
    network = build(name, **settings)
    for module in network.modules():  # so that no two channels are alike, and none is dead
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.bias, 0.1, 0.5)
            module.running_mean.uniform_(-0.1, 0.1)
        elif isinstance(module, torch.nn.Conv2d) and module.bias is not None:
            torch.nn.init.uniform_(module.bias, 1, 2)
    return network, network_graph(network, resolution or variant(name).resolution)


def outputs(network, graph, indices):
    """What nodes put out, (C, H, W) by position."""
    side, channels = graph.input_shape[1], graph.input_shape[0]
    image = torch.randn(1, channels, side, side, generator=torch.Generator().manual_seed(1))
    places = {i: Place(*graph.read_at(i)) for i in indices}
    with torch.no_grad(), recorded(network, list(places.values())) as values:
        network(image)
    return {i: values[place][0] for i, place in places.items()}


def changed_by_zeroing(network, graph, made, index):
    """The channels of a node that are others once the filter is zero."""
    before = outputs(network, graph, [index])[index]
    conv = network.get_submodule(graph.nodes[made.index].name)
    kept = [parameter.clone() for parameter in conv.parameters()]
    with torch.no_grad():
        for parameter in conv.parameters():
            parameter[made.channel] = 0
        after = outputs(network, graph, [index])[index]
        for parameter, values in zip(conv.parameters(), kept, strict=True):
            parameter.copy_(values)
    differ = (before != after).flatten(start_dim=1).any(dim=1)
    return differ.nonzero().flatten().tolist()


@pytest.fixture(scope="module")
def densenet():
    return ready("densenet40_k12_cifar")


def concatenations(graph):
    return [i for i, node in enumerate(graph.nodes) if node.kind == "concatenation"]


def test_a_channel_of_a_dense_block_is_the_channel_of_the_convolution_that_is_found(densenet):
    network, graph = densenet
    index = concatenations(graph)[11]  # all of the first block: x_0 and 12 layers
    channels = graph.nodes[index].output_shape[0]
    makers = [maker(graph, index, channel) for channel in range(channels)]
    values = outputs(network, graph, {index, *(made.index for made in makers)})
    names = [graph.nodes[made.index].name for made in makers]
    assert names[0] == "stem.conv"
    assert names[-1] == "stages.0.block.layer12.conv1"
    assert len(set(names)) == 13
    for channel, made in enumerate(makers):
        assert torch.equal(values[index][channel], values[made.index][made.channel])


def test_behind_norm_and_relu_it_is_the_same_filter(densenet):
    network, graph = densenet
    norm, relu = (graph.position(f"stages.0.block.layer3.{name}1") for name in ("norm", "relu"))
    values = outputs(network, graph, {norm, relu, *concatenations(graph)[:2]})
    for channel in (0, 15, 16, 27, 28, 39):  # the last of each input of the concatenation
        made = maker(graph, relu, channel)
        assert made.through[-2:] == (norm, relu)
        assert replace(made, through=()) == replace(maker(graph, norm, channel), through=())
    last = maker(graph, relu, 39)
    assert (graph.nodes[last.index].name, last.channel) == ("stages.0.block.layer2.conv1", 11)
    assert torch.equal(values[norm].relu(), values[relu])


@pytest.mark.parametrize(
    ("name", "layer", "channel"),
    [
        ("densenet40_k12_cifar", "stages.0.block.layer12.conv1", 7),
        ("densenet40_k12_cifar", "stages.1.transition.pool", 100),
        ("resnet20_cifar", "stages.0.0.relu1", 3),
        ("resnet20_cifar", "stages.1.0.norm2", 30),
        ("nin_cifar", "stages.1.pool", 17),
        ("squeezenet1_1", "stages.1.pool", 0),
        ("squeezenet1_1", "stages.1.pool", 127),
        ("squeezenet1_1", "stages.0.fire2.concatenation", 64),
        ("lenet5", "stages.1.s2_squashing", 5),
    ],
)
def test_zeroing_the_filter_changes_that_map_alone(name, layer, channel):
    network, graph = ready(name, 63 if name.startswith("squeeze") else None)
    index = graph.position(layer)
    made = maker(graph, index, channel)
    assert changed_by_zeroing(network, graph, made, index) == [channel]


def test_the_last_of_a_concatenation_changes_alone_and_earlier_ones_change_what_reads_them(
    densenet,
):
    network, graph = densenet
    index = concatenations(graph)[11]
    last = maker(graph, index, 159)
    assert changed_by_zeroing(network, graph, last, index) == [159]
    first = maker(graph, index, 20)
    assert graph.nodes[first.index].name == "stages.0.block.layer1.conv1"
    changed = changed_by_zeroing(network, graph, first, index)
    assert changed[0] == 20
    assert set(changed[1:]) <= set(range(28, 160))  # what layers 2 to 12 make


def test_the_table_of_lenet_is_a_convolution():
    _, graph = ready("lenet5")
    made = maker(graph, graph.position("stages.1.c3_squashing"), 9)
    assert (graph.nodes[made.index].name, made.channel) == ("stages.1.c3", 9)


@pytest.mark.parametrize(
    ("name", "layer", "ends_at"),
    [
        ("resnet20_cifar", "stages.0.0.addition", "stages.0.0.addition"),
        ("resnet20_cifar", "stages.2.1.relu2", "stages.2.1.addition"),
        ("preact_resnet110_cifar", "stages.1.0.before.norm", "stages.0.17.junction"),
        ("highway19_cifar", "stages.1.pool", "stages.0.highway4.addition"),
        ("highway19_cifar", "stages.0.dropout", "input"),
        ("fractalnet21_cifar", "stages.1.pool", "stages.0.fractal.join"),
        ("resnet20_cifar", "head.linear", "head.linear"),
        ("mlp", "stem.flatten", "stem.flatten"),
    ],
)
def test_sums_means_and_the_image_have_no_single_filter(name, layer, ends_at):
    graph = network_graph(specify(name), 32)
    index = graph.position(layer)
    assert maker(graph, index, 0) is None
    assert graph.nodes[origin(graph, index, 0).index].name == ends_at


def test_a_padded_shortcut_moves_the_channels_and_fills_the_others():
    network, graph = ready("resnet20_cifar")
    index = graph.position("stages.1.0.shortcut")  # 16 channels become 8 + 16 + 8
    origins = [origin(graph, index, channel) for channel in range(32)]
    addition = graph.position("stages.0.2.addition")
    assert [each.channel for each in origins if each.index == addition] == list(range(16))
    assert [k for k, each in enumerate(origins) if each.index == addition] == list(range(8, 24))
    padded = outputs(network, graph, [index])[index]
    assert not padded[:8].any()
    assert not padded[24:].any()
    assert padded[8:24].flatten(start_dim=1).any(dim=1).all()


@pytest.mark.parametrize("name", ["squeezenet1_1", "googlenet", "inception_v3", "densenet121"])
def test_networks_without_sums_have_a_filter_for_every_map(name):
    graph = graph_of(name)
    for index, node in enumerate(graph.nodes[1:], start=1):
        if len(node.output_shape) != 3:
            continue
        makers = [maker(graph, index, channel) for channel in range(node.output_shape[0])]
        assert all(graph.nodes[made.index].type.has_filters for made in makers)
        assert len({(made.index, made.channel) for made in makers}) == len(makers)


def test_an_unknown_channel_is_refused():
    graph = network_graph(specify("resnet20_cifar"), 32)
    for channel in (-1, 16):
        with pytest.raises(ValueError, match=f"from 0 to 15; received {channel}"):
            maker(graph, 1, channel)
