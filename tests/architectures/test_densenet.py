"""What is special about DenseNet: who reads what, and how much of it a transition keeps."""

import pytest
import torch
from torch import nn

from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import architecture, build, specify
from cnnviz.architectures.densenet import DenseBlock, DenseLayer, DenseNetConfig, Transition
from tests.networks import summary_of

EXACT_PARAMS = {
    "densenet121": 7_978_856,
    "densenet169": 14_149_480,
    "densenet201": 20_013_928,
    "densenet161": 28_681_000,
    "densenet264": 33_337_704,
    "densenet40_k12_cifar": 1_019_722,
    "densenet100_k12_cifar": 6_979_642,
    "densenet100_k24_cifar": 27_249_082,
    "densenet_bc100_k12_cifar": 769_162,
    "densenet_bc250_k24_cifar": 15_324_406,
    "densenet_bc190_k40_cifar": 25_624_430,
}
GIGA_MACS = {"densenet121": 2.834, "densenet169": 3.360, "densenet201": 4.291, "densenet161": 7.728}
DEPTHS = {
    **{f"densenet{depth}": depth for depth in (121, 169, 201, 161)},
    **{"densenet264": 265, "densenet40_k12_cifar": 40, "densenet_bc100_k12_cifar": 100},
    **{"densenet_bc250_k24_cifar": 250, "densenet_bc190_k40_cifar": 190},
}


def meta(name, **settings):
    with torch.device("meta"):
        return build(name, **settings)


def parts(network, kind):
    return {name: part for name, part in network.named_modules() if isinstance(part, kind)}


@pytest.mark.parametrize("name", EXACT_PARAMS)
def test_parameters_are_exact(name):
    assert summary_of(name).totals.params == EXACT_PARAMS[name]


@pytest.mark.parametrize("name", GIGA_MACS)
def test_macs_are_torchvisions(name):
    assert summary_of(name).totals.macs / 1e9 == pytest.approx(GIGA_MACS[name], abs=0.0005)


@pytest.mark.parametrize("name", DEPTHS)
def test_depth_is_in_the_name_but_for_264(name):
    assert summary_of(name).totals.depth == DEPTHS[name]


@pytest.mark.parametrize("name", architecture("densenet").variants)
def test_a_block_of_l_layers_has_l_times_l_plus_1_half_connections(name):
    spec = specify(name)
    nodes = {node.name: node for node in network_graph(spec, 32).nodes}
    for block, module in parts(meta(name), DenseBlock).items():
        # The first layer reads x_0 itself, every other the concatenation of all before it.
        read = [
            nodes.get(f"{block}.{layer}.concatenation", nodes[f"{block}.{layer}.norm1"])
            for layer in module
        ]
        depth = len(module)
        assert sum(len(node.inputs) for node in read) == depth * (depth + 1) // 2
        assert len(nodes[f"{block}.concatenation"].inputs) == depth + 1


@pytest.mark.parametrize("name", ["densenet121", "densenet40_k12_cifar", "simple_densenet"])
def test_layer_l_reads_k0_and_k_maps_of_every_layer_before_it_in_their_order(name):
    network = meta(name)
    k = network.spec.config.growth_rate
    for block in parts(network, DenseBlock).values():
        for number, layer in enumerate(block.values(), 1):
            k_0 = layer.sources[0]
            assert layer.sources == (k_0, *[k] * (number - 1))
            assert layer.conv1.in_channels == k_0 + k * (number - 1)


def test_sources_are_where_the_concatenation_puts_them():
    block = DenseBlock(6, 3, DenseNetConfig("cifar", "16", 4, bottleneck=False)).eval()
    outputs = {}
    for name, layer in block.items():
        layer.register_forward_hook(lambda _, __, y, name=name: outputs.update({name: y}))
    x_0 = torch.randn(2, 6, 8, 8)
    with torch.no_grad():
        together = block(x_0).split(block.sources, dim=1)
    for part, source in zip(together, (x_0, *outputs.values()), strict=True):
        assert part.equal(source)


def test_all_readers_of_several_sources_say_which_channels_are_whose():
    network = meta("densenet_bc100_k12_cifar")
    for reader in parts(network, DenseLayer).values():
        assert sum(reader.sources) == reader.conv1.in_channels
    for reader in parts(network, Transition).values():
        assert sum(reader.sources) == reader.conv.in_channels
    assert sum(network.stages[-1].block.sources) == network.head.linear.in_features


@pytest.mark.parametrize(
    ("compression", "channels", "kept"),
    [(0.5, 307, 153), (0.7, 90, 63), (1.0, 307, 307), (0.1, 19, 1)],
)
def test_a_transition_keeps_the_floor_of_theta_m(compression, channels, kept):
    config = DenseNetConfig(compression=compression)
    transition = Transition((channels - 12, 12), config)
    assert transition.conv.out_channels == kept
    assert transition(torch.randn(2, channels, 8, 8)).shape == (2, kept, 4, 4)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"stage3_layers": 0}, "stage4_layers must be 0 where stage3_layers is 0"),
        (
            {"compression": 0.1, "growth_rate": 4, "stage1_layers": 1, "stage2_layers": 1},
            "compression must leave a feature map after every transition; received 0.1 of 5",
        ),
    ],
)
def test_what_cannot_be_built_is_refused(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        build("densenet121", **settings)


def test_a_class_activation_map_of_the_last_stage_is_exact():
    """Zhou et al. 2016: the mean of the map weighted by the classifier is the logit."""
    network = build("densenet_bc100_k12_cifar")
    image = torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        maps, logits = network.stages(network.stem(image)), network(image)
        weights, bias = network.head.linear.weight, network.head.linear.bias
        cam = torch.einsum("kc,nchw->nkhw", weights, maps)
        assert (cam.mean(dim=(2, 3)) + bias - logits).abs().max() < 1e-5 * logits.abs().max()
    assert (maps >= 0).all()


def test_dropout_follows_every_convolution_but_the_first_and_acts_in_training_alone():
    network = build("densenet40_k12_cifar", dropout=0.2)
    count = {kind: len(parts(network, kind)) for kind in (nn.Conv2d, nn.Dropout)}
    assert count[nn.Dropout] == count[nn.Conv2d] - 1 == 38
    image = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        assert network(image).equal(network(image))
        network.train()
        assert not network(image).equal(network(image))
    assert not parts(build("densenet40_k12_cifar"), nn.Dropout)
