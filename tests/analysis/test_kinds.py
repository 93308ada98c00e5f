"""Contracts of the table of layer types, a column each, for every row of it."""

import pytest
import torch
from torch import nn
from torch.autograd.graph import saved_tensors_hooks

from cnnviz.analysis import counting
from cnnviz.analysis.formulas import formulas
from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.kinds import KINDS, kept, kind_of, layers_of
from cnnviz.analysis.layers import layer_table
from cnnviz.analysis.makers import maker
from cnnviz.analysis.memory import footprint
from cnnviz.analysis.receptive_field import receptive_fields, unit_field
from cnnviz.architectures import ARCHITECTURES, Layer, specify
from cnnviz.architectures.given import made_for
from cnnviz.training.loop.diagnostics import watched
from cnnviz.vision.cam.pixel_gradient import pixel_gradient, require_rectifiers
from cnnviz.vision.gradients.flow import activation_statistics
from tests.analysis.layer_samples import (
    ACTIVATIONS,
    BATCH,
    LAYERS,
    MAPS,
    OPERATIONS,
    SIDE,
    graph_of,
    network_of,
)


def test_every_class_of_the_table_is_tried():
    tried = {type(make()) for make, _ in LAYERS.values()}
    known = {each for kind in KINDS for each in kind.classes}
    assert known - tried == {nn.BatchNorm1d, nn.Identity}


def test_a_class_is_in_one_row_and_a_function_too():
    for column in ("classes", "functions"):
        entries = [entry for kind in KINDS for entry in getattr(kind, column)]
        assert len(entries) == len(set(entries))


@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda family: family.name)
def test_every_layer_and_operation_of_the_catalogue_has_a_row(family):
    names = list(family.variants)
    for name in {names[0], names[-1]}:
        spec = specify(name)
        graph = network_graph(spec, made_for(spec))
        unknown = {n.kind for n in graph.layers if n.type not in KINDS and not is_own(n.module)}
        assert not unknown, f"{name}: give {unknown} rows in analysis/kinds/table.py"


def is_own(module):
    return isinstance(module, Layer)


def test_titles():
    titles = {name: kind_of(make()).title_of(make()) for name, (make, _) in LAYERS.items()}
    assert titles["ReLU6"] == "ReLU6"
    assert titles["SiLU"] == "SiLU"
    assert titles["Hardswish"] == "hard swish"
    assert titles["AdaptiveAvgPool2d, global"] == "global average pooling"
    assert kind_of(nn.AdaptiveMaxPool2d(1)).title_of(nn.AdaptiveMaxPool2d(1)) == (
        "global max pooling"
    )
    assert titles["AdaptiveMaxPool2d"] == titles["MaxPool2d"] == "max pooling"
    assert titles["ScaledTanh"] == "scaled tanh"
    assert kind_of(nn.Bilinear(2, 2, 2)).title == "Bilinear"  # in no row: its class's name


def test_the_nearest_class_counts():
    class Mine(nn.ReLU6):
        pass

    assert kind_of(Mine()).title == "ReLU6"  # which is a Hardtanh too


@pytest.mark.parametrize("name", LAYERS)
def test_the_graph_knows_its_shape_whether_it_is_run_or_not(name):
    make, shape = LAYERS[name]
    layer = make().eval()
    real = tuple(layer(torch.randn(BATCH, *MAPS)).shape[1:])
    assert real == shape
    assert kind_of(layer).keeps_shape <= (real == MAPS)
    assert graph_of(name).nodes[2].output_shape == real


@pytest.mark.parametrize("name", LAYERS)
def test_operations_of_an_image(name):
    assert counting.operations(graph_of(name).nodes[2]) == OPERATIONS.get(name, 0)


@pytest.mark.parametrize("name", LAYERS)
def test_a_channel_that_is_kept_has_a_maker_and_depends_on_it(name):
    make, shape = LAYERS[name]
    node = graph_of(name).nodes[2]
    if len(shape) != 3 or name == "Linear":
        return
    made = maker(graph_of(name), 2, 1)
    if node.type.has_filters:
        assert (made.index, made.channel) == (2, 1)
    else:
        assert node.type.keeps_channels
        assert (made.index, made.channel, made.through) == (1, 1, (2,))
    layer, x = make().double().eval(), torch.randn(1, *MAPS, dtype=torch.double).requires_grad_()
    (slope,) = torch.autograd.grad(layer(x)[0, 1].square().sum(), x)
    reached = slope[0].flatten(1).any(dim=1).tolist()
    divides = ("LayerNorm", "GroupNorm", "LocalResponseNorm", "Softmax", "Softmax2d")
    if node.type.keeps_channels and name not in divides:
        assert reached == [False, True, False, False]
    assert reached[1]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activations_map_has_a_maker(name):
    assert maker(graph_of(name), 2, 3).index == 1


@pytest.mark.parametrize("name", LAYERS)
def test_autograd_keeps_exactly_what_the_table_says(name, monkeypatch):
    # A processor keeps dropout's mask as numbers; a graphics card as one byte an element.
    monkeypatch.setattr(kept, "MASK_BYTES", 4)
    network = network_of(name).train()
    stored = [*network.parameters(), *network.buffers()]
    saved = {}

    def keep(x):
        saved[x.untyped_storage().data_ptr()] = (x.untyped_storage().nbytes(), x)
        return x

    with saved_tensors_hooks(keep, lambda x: x):
        network(torch.randn(BATCH, 3, SIDE, SIDE))
    weights = {x.untyped_storage().data_ptr() for x in stored}
    real = sum(size for address, (size, _) in saved.items() if address not in weights)
    computed = footprint(graph_of(name)).memory(BATCH, "SGD").activations
    assert computed == real


@pytest.mark.parametrize("name", LAYERS)
def test_the_formulas_and_the_table_say_the_same(name):
    graph = graph_of(name)
    row = layer_table(graph).iloc[1]
    for formula in formulas(graph, 2):
        assert formula.value == row[formula.quantity], formula


@pytest.mark.parametrize(
    "name",
    [
        *("Conv2d", "ConvTranspose2d", "AvgPool2d", "AdaptiveAvgPool2d"),
        *("Upsample", "Upsample, bilinear", "Upsample, bicubic", "ZeroPad2d"),
    ],
)
def test_a_unit_sees_what_has_a_gradient_and_the_field_holds_it(name):
    layer = LAYERS[name][0]().double()
    for parameter in layer.parameters():
        nn.init.constant_(parameter, 1)
    graph = graph_of(name)
    # The first convolution sees one pixel more on each side than a unit of its output.
    for axis, at in (("height", 2), ("width", 3)):
        field = receptive_fields(graph, axis)[2]
        for unit in range(graph.nodes[2].output_shape[at - 1]):
            x = torch.zeros(1, *MAPS, dtype=torch.double).requires_grad_()
            output = layer(x).movedim(at, 0)
            (slope,) = torch.autograd.grad(output[unit].sum(), x)
            seen = slope[0].abs().sum(dim=[d for d in (0, 1, 2) if d != at - 1]).nonzero()
            first, last = unit_field(graph, 2, unit, axis)
            if len(seen):
                reached = int(seen.min()) - 1, int(seen.max()) + 1
                assert reached == (max(first, -1), min(last, SIDE)), (axis, unit)
            assert last - first + 1 <= field.size


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradient_flow_sees_every_activation(name):
    network = network_of(name)
    seen = activation_statistics(network, torch.randn(BATCH, 3, SIDE, SIDE))
    assert [each.layer for each in seen] == ["layer"] == list(layers_of(network, "activation"))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_only_rectifiers_can_die_and_they_are_watched(name):
    network = network_of(name)
    layer = network.layer
    x = torch.linspace(-9, -0.1, 50).requires_grad_()
    if "Softmax" not in name:
        y = layer(x) if name != "PReLU" else layer(x[None])[0]
        slope = torch.autograd.grad(y.sum(), x)[0]
        assert kind_of(layer).rectifies == bool((y == 0).all() and (slope == 0).all())
    with torch.no_grad():
        nn.init.constant_(network.first.weight, 0)
        network.first.bias.copy_(torch.tensor([-1.0, 1, 1, 1]))
        with watched(network) as inside:
            network(torch.randn(BATCH, 3, SIDE, SIDE))
    dead = {"layer": 0.25} if kind_of(layer).rectifies else {}
    assert {name: float(flags.float().mean()) for name, flags in inside.dead.items()} == dead


class Classified(nn.Module):
    """A small network with one logit a channel, as guided backpropagation reads it."""

    def __init__(self, name):
        super().__init__()
        torch.manual_seed(0)
        self.layers = network_of(name)

    def forward(self, x):
        return self.layers(3 * x).mean(dim=(2, 3))  # 3: so that ReLU6 is cut off


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_guided_backpropagation_works_with_rectifiers_and_says_why_not_with_others(name):
    network, image = Classified(name).eval(), torch.randn(1, 3, SIDE, SIDE)
    if not kind_of(network.layers.layer).rectifies:
        with pytest.raises(ValueError, match=r"must have ReLUs.*: choose saliency"):
            require_rectifiers(network)
        return
    values = network.layers.first(3 * image).detach()
    is_open = (values > 0) & (values < (6 if name == "ReLU6" else torch.inf))
    weight = network.layers.last.weight[1, :, 0, 0].detach() / SIDE**2
    slope = weight.clamp(min=0)[None, :, None, None] * is_open
    expected = 3 * torch.nn.functional.conv_transpose2d(
        slope, network.layers.first.weight.detach(), padding=1
    )
    gradient = pixel_gradient(network, image, 1, guided=True)
    assert torch.allclose(gradient, expected[0], atol=1e-6)
