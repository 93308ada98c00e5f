"""Network In Network and the two that grew out of it: the deeply supervised and the all-CNN net."""

import pytest
import torch
from torch import nn

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.limits import GraphError
from cnnviz.analysis.summary import summary
from cnnviz.architectures import build, specify
from tests.networks import summary_of


def meta(name, **settings):
    with torch.device("meta"):
        return build(name, **settings)


@pytest.mark.parametrize(
    ("name", "count"),
    [("nin", 7_595_176), ("nin_cifar", 966_986), ("all_cnn_c_cifar", 1_369_738)],
)
def test_parameters_are_exact(name, count):
    assert summary_of(name).totals.params == count


def test_a_micro_network_is_a_perceptron_at_every_pixel():
    """Equation 2: the mlpconv layer applies one multilayer perceptron to every patch."""
    torch.manual_seed(0)
    stage = build("nin_cifar").stages[0]
    image = torch.randn(1, 3, 32, 32)
    patch = image[0, :, 8:13, 20:25].flatten()
    f = torch.relu(stage.conv.weight.flatten(1) @ patch + stage.conv.bias)
    for layer in (stage.mlp1, stage.mlp2):
        f = torch.relu(layer.weight.flatten(1) @ f + layer.bias)
    assert stage(image)[0, :, 10, 22].allclose(f, atol=1e-6)


def test_one_map_a_class():
    for name, shape in (("nin", (1000, 6, 6)), ("nin_cifar", (10, 8, 8))):
        layers = summary_of(name).layers
        assert layers[layers["stage"] != "head"]["output_shape"].iloc[-1] == shape
        assert not any(isinstance(module, nn.Linear) for module in meta(name).modules())


@pytest.mark.parametrize(("mlp_layers", "depth"), [(0, 3), (1, 6), (2, 9)])
def test_without_micro_networks_it_is_a_plain_network(mlp_layers, depth):
    result = summary(specify("nin_cifar", mlp_layers=mlp_layers))
    assert result.totals.depth == depth
    assert result.layers["output_shape"].iloc[-1] == (10,)


def test_a_linear_head_knows_one_image_size():
    assert meta("nin_cifar", head="linear").head.linear.in_features == 10 * 8 * 8
    with pytest.raises(GraphError, match="made for images of 32 px"):
        network_graph(specify("nin_cifar", head="linear"), 224)


def test_weights_are_drawn_as_in_the_authors_file():
    torch.manual_seed(0)
    deviations = [m.weight.std().item() for m in build("nin").modules() if isinstance(m, nn.Conv2d)]
    expected = [0.01, 0.05, 0.05, 0.05, 0.05, 0.05, 0.01, 0.05, 0.05, 0.05, 0.05, 0.01]
    assert deviations == pytest.approx(expected, rel=0.03)


def test_companions_answer_in_training_alone():
    torch.manual_seed(0)
    network, image = build("dsn_cifar", width=0.25), torch.randn(2, 3, 32, 32)
    outputs = network.train()(image)
    assert isinstance(outputs, tuple)
    assert [logits.shape for logits in outputs] == 4 * [(2, 10)]
    assert network.eval()(image).shape == (2, 10)


def test_companions_read_the_three_hidden_convolutions():
    network = meta("dsn_cifar")
    assert [head.linear.in_features for head in network.auxiliary.values()] == [
        *(192 * 32 * 32, 192 * 16 * 16, 192 * 8 * 8)
    ]
    for index in network.auxiliary:
        assert isinstance(network.stages[int(index)][-1], nn.Conv2d), "before its ReLU"


def test_a_companions_error_reaches_its_layer_and_those_before():
    torch.manual_seed(0)
    network = build("dsn_cifar", width=0.25).train()
    network(torch.randn(2, 3, 32, 32))[2].logsumexp(dim=1).sum().backward()
    reached = {
        index
        for index, stage in enumerate(network.stages)
        for p in stage.parameters()
        if p.grad is not None
    }
    assert reached == {0, 1, 2}


def test_without_companions_it_is_network_in_network():
    plain = meta("dsn_cifar", companions="none")
    shapes = [p.shape for p in plain.parameters()]
    assert shapes == [p.shape for p in meta("nin_cifar").parameters()]
    assert not plain.auxiliary_heads
    companions = 10 * 192 * (32**2 + 16**2 + 8**2) + 30
    assert summary_of("dsn_cifar").totals.params == 966_986 + companions
    assert network_graph(specify("dsn_cifar", companions="pooled"), 224)
    with pytest.raises(GraphError, match="made for images of 32 px"):
        network_graph(specify("dsn_cifar"), 224)


def test_the_all_convolutional_net_is_what_it_says():
    network = meta("all_cnn_c_cifar")
    allowed = nn.Conv2d | nn.ReLU | nn.Dropout | nn.AdaptiveAvgPool2d | nn.Flatten
    assert all(isinstance(m, allowed) for m in network.modules() if not list(m.children()))
    layers = summary_of("all_cnn_c_cifar").layers
    convolutions = layers[layers["kind"] == "convolution"]["output_shape"].tolist()
    assert convolutions == [
        *((96, 32, 32), (96, 32, 32), (96, 16, 16)),
        *((192, 16, 16), (192, 16, 16), (192, 8, 8)),
        *((192, 6, 6), (192, 6, 6), (10, 6, 6)),
    ]


@pytest.mark.parametrize("model", ["A", "B", "C"])
def test_the_ways_to_downsample_differ_as_in_table_2(model):
    def params(downsampling):
        network = meta("all_cnn_c_cifar", model=model, downsampling=downsampling)
        return sum(p.numel() for p in network.parameters())

    more = (96 * 96 * 9 + 96) + (192 * 192 * 9 + 192)
    assert params("stride") == params("pooling")
    assert params("convolution") == params("convolution, pooling") == params("pooling") + more
    sides = {
        downsampling: summary(specify("all_cnn_c_cifar", model=model, downsampling=downsampling))
        .layers["output_shape"]
        .iloc[-4]
        for downsampling in ("convolution", "stride", "pooling", "convolution, pooling")
    }
    assert set(sides.values()) == {(10, 6, 6)}
