import pytest
import torch
from torch import nn

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.summary import summary
from cnnviz.architectures import build, specify
from cnnviz.architectures.highway import HighwayLayer
from tests.networks import summary_of


@pytest.mark.parametrize(
    ("name", "params", "depth"),
    [("highway19_cifar", 2_256_838, 19), ("highway32_cifar", 1_251_798, 32)],
)
def test_counts_are_those_of_the_docstring(name, params, depth):
    totals = summary_of(name).totals
    assert (totals.params, totals.depth) == (params, depth)


def test_every_row_of_the_authors_log():
    """ "With 18496 trainable parameters" and so on: their sample.log for the 19 layers."""
    layers = summary_of("highway19_cifar").layers
    blocks = layers["name"].str.extract(r"^(stages\.\d\.\w+|head)", expand=False)
    params = layers["params"].groupby(blocks, sort=False).sum()
    assert list(params[params > 0]) == [
        *(896, *[18_496] * 4),
        *(23_120, *[115_360] * 5),
        *(92_288, *[295_168] * 5),
        12_900 + 1_010,
    ]


def test_a_layer_is_equation_3():
    torch.manual_seed(0)
    layer, x = HighwayLayer(4, 3), torch.randn(2, 4, 5, 5)
    h = layer.transform.conv(x).relu()
    t = layer.gate.conv(x).sigmoid()
    assert torch.allclose(layer(x), h * t + x * (1 - t))


@pytest.mark.parametrize(("bias", "limit"), [(-100.0, "carries"), (100.0, "transforms")])
def test_a_shut_gate_carries_and_an_open_gate_transforms(bias, limit):
    layer, x = HighwayLayer(4, 1), torch.randn(2, 4, 5, 5)
    nn.init.constant_(layer.gate.conv.bias, bias)
    assert torch.allclose(layer(x), x if limit == "carries" else layer.transform(x), atol=1e-6)


@pytest.mark.parametrize("initialisation", ["paper", "he", "gaussian"])
def test_gates_begin_at_the_chosen_bias_however_weights_are_drawn(initialisation):
    network = build("highway19_cifar", gate_bias=-4, initialisation=initialisation)
    biases = {n: p for n, p in network.named_parameters() if n.endswith("bias")}
    gates = {n for n in biases if ".gate." in n}
    assert len(gates) == 14
    assert all((p == (-4 if n in gates else 0)).all() for n, p in biases.items())


def test_gates_have_names_to_look_at():
    nodes = [n for n in network_graph(specify("highway32_cifar"), 32).nodes if n.kind == "sigmoid"]
    assert len(nodes) == 27
    assert nodes[0].name == "stages.0.highway1.gate.sigmoid"
    assert nodes[0].output_shape == (24, 32, 32)


def test_without_gates_it_is_a_plain_network_of_half_the_weights():
    plain = summary(specify("highway19_cifar", gates=False))
    assert plain.totals.depth == 19
    assert not plain.layers["kind"].isin(["sigmoid", "multiplication", "addition"]).any()


def test_kernel_sizes_alternate():
    layers = summary_of("highway32_cifar").layers
    gates = layers[layers["name"].str.endswith("gate.conv") & (layers["stage"] == "stage 1")]
    assert [side for side, _ in gates["kernel_size"]] == [3, 1, 3, 1, 3, 1, 3, 1, 3]
