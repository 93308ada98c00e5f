"""AlexNet and ZFNet, which shares its normalisation and its linear layers."""

import pytest
import torch
from torch import nn

from cnnviz.architectures import build
from cnnviz.architectures.blocks import response_norm
from tests.networks import summary_of


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("alexnet", 60_965_224),
        ("alexnet_torchvision", 61_100_840),
        ("zfnet", 62_357_608),
        ("zfnet_512", 107_627_624),
    ],
)
def test_parameters_are_exact(name, count):
    assert summary_of(name).totals.params == count


def test_normalisation_is_the_formula_of_section_3_3():
    torch.manual_seed(0)
    a, (k, n, alpha, beta) = 30 * torch.randn(12, 3, 2, dtype=torch.double), (2, 5, 1e-4, 0.75)
    b = torch.empty_like(a)
    for i in range(12):
        window = range(max(0, i - n // 2), min(12 - 1, i + n // 2) + 1)
        b[i] = a[i] / (k + alpha * sum(a[j] ** 2 for j in window)) ** beta
    assert response_norm()(a[None])[0].allclose(b, rtol=1e-12)
    assert not b.allclose(a / k**beta, rtol=0.01), "the sum makes no difference"


def test_the_layer_table_of_the_slides():
    layers = summary_of("alexnet").layers.set_index("name")
    shapes = layers["output_shape"]
    assert shapes["stem.conv1"] == (96, 55, 55)
    assert shapes["stages.0.pool"] == (96, 27, 27)
    assert shapes["stages.0.conv2"] == (256, 27, 27)
    assert shapes["stages.1.pool"] == (256, 13, 13)
    assert shapes["stages.1.conv4"] == (384, 13, 13)
    assert shapes["head.pool"] == shapes["head.resize"] == (256, 6, 6)
    assert shapes["head.flatten"] == (9216,)
    groups = layers["groups"].dropna().to_dict()
    assert [groups[name] for name in groups] == [1, 2, 1, 2, 2]
    # 2 [Conv(128x48x5x5)] and 2 [Conv(192x192x3x3)], as the slides write it.
    assert layers.loc["stages.0.conv2", "params"] == 2 * (128 * 48 * 5 * 5 + 128)
    assert layers.loc["stages.1.conv4", "params"] == 2 * (192 * 192 * 3 * 3 + 192)
    million = layers["params"] / 1e6
    assert (round(million["head.linear1"]), int(million["head.linear2"])) == (38, 16)


def test_neurons_are_those_of_figure_2():
    layers = summary_of("alexnet").layers
    weighted = layers[layers["params"] > 0]
    assert weighted["activations"].tolist() == [
        *(290_400, 186_624, 64_896, 64_896, 43_264),  # the first is printed as 253,440
        *(4096, 4096, 1000),
    ]
    assert round(weighted["activations"].sum(), -4) == 660_000  # "650,000 neurons": 659,272


def test_the_towers_do_not_see_each_other():
    """What one GPU makes in conv4 and conv5 does not depend on the other's half of conv3."""
    torch.manual_seed(0)
    network = build("alexnet", hidden_units=256)
    stage = network.stages[1]
    x = torch.randn(1, 384, 13, 13, requires_grad=True)
    stage.conv5(stage.conv4(x))[0, :128].sum().backward()
    reached = x.grad.abs().sum(dim=(0, 2, 3)) > 0
    assert reached[:192].all()
    assert not reached[192:].any()


def test_the_initialisation_of_section_5():
    torch.manual_seed(0)
    network = build("alexnet")
    biases = {name: p for name, p in network.named_parameters() if name.endswith("bias")}
    ones = {name.split(".")[-2] for name, bias in biases.items() if (bias == 1).all()}
    zeros = {name.split(".")[-2] for name, bias in biases.items() if (bias == 0).all()}
    assert ones == {"conv2", "conv4", "conv5", "linear1", "linear2"}
    assert zeros == {"conv1", "conv3", "linear3"}
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            assert module.weight.std().item() == pytest.approx(0.01, rel=0.02)
            assert module.weight.mean().abs() < 5e-4


@pytest.mark.parametrize("stem", ["imagenet", "cifar"])
@pytest.mark.parametrize("pooling", ["overlapping", "plain"])
def test_overlapping_windows_make_maps_of_the_same_size(stem, pooling):
    side = {"imagenet": 224, "cifar": 32}[stem]
    with torch.device("meta"):
        network = build("alexnet", stem=stem, pooling=pooling)
        maps = network.stages(network.stem(torch.empty(1, 3, side, side)))
        shape = network.head.pool(maps).shape
    if stem == "imagenet":
        assert shape == (1, 256, 6, 6)
    else:
        assert shape[-1] >= network.head.resize.output_size


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_the_non_linearity_can_be_compared(activation):
    with torch.device("meta"):
        network = build("alexnet", activation=activation)
    kinds = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
    count = {
        name: sum(isinstance(module, kind) for module in network.modules())
        for name, kind in kinds.items()
    }
    assert count == {name: 7 * (name == activation) for name in kinds}


def test_zfnets_maps_have_the_sides_of_figure_3():
    layers = summary_of("zfnet").layers.set_index("name")["output_shape"]
    sides = [layers[name][-1] for name in ("stem.conv1", "stem.pool", "stages.0.conv2")]
    assert sides == [110, 55, 26]
    assert [layers[name][-1] for name in ("stages.1.pool", "head.pool")] == [13, 6]
    assert layers["head.resize"] == (256, 6, 6)
