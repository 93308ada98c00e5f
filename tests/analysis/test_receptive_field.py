import pytest
import torch
from torch import nn

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.node import Node
from cnnviz.analysis.receptive_field import receptive_fields, unit_field, window
from cnnviz.analysis.summary import summary
from cnnviz.architectures import build, specify, variant
from tests.networks import summary_of


@pytest.mark.parametrize(
    ("name", "layer", "size"),
    [
        ("vgg16", "head.pool", 212),
        ("resnet50", "stages.3.2.relu3", 483),
        ("resnet50_v1_5", "stages.3.2.relu3", 427),
        ("resnet18", "stem.pool", 11),
        ("vgg16", "stages.0.conv2", 5),
        ("vgg16", "stages.1.conv1", 10),
    ],
)
def test_known_sizes(name, layer, size):
    layers = summary_of(name).layers.set_index("name")
    assert layers.loc[layer, "receptive_field"] == size


@pytest.mark.parametrize(("name", "size"), [("vgg16", 212), ("resnet50", 483)])
def test_the_networks_field_is_that_of_its_last_feature_map(name, size):
    assert summary_of(name).totals.receptive_field == size


def positive(network):
    """A network through which every gradient is positive, so that none cancels or is cut off."""
    if hasattr(network.stem, "pool"):
        network.stem.pool = nn.AvgPool2d(3, 2, padding=1)
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.uniform_(module.weight, 0.1, 1.0)
    return network


@pytest.mark.parametrize(
    ("name", "settings", "resolution"),
    [
        ("resnet20_cifar", {}, 128),
        ("resnet20_cifar", {"shortcut": "B", "block": "bottleneck"}, 128),
        ("resnet20_cifar", {"shortcut": "none"}, 128),
        ("resnet18", {"stage4_blocks": 0, "stage3_blocks": 1}, 224),
    ],
)
def test_gradients_reach_exactly_the_field(name, settings, resolution):
    """The pixels that change the middle unit of the last stage are those of its interval."""
    network = positive(build(name, **settings)).double()
    image = torch.ones(1, 3, resolution, resolution, dtype=torch.double, requires_grad=True)
    last = network.stages(network.stem(image))
    unit = last.shape[-1] // 2
    last[0, :, unit, unit].sum().backward()
    reached = image.grad[0].abs().sum(dim=(0, 1)).nonzero().flatten()

    graph = network_graph(network, resolution)
    names = [node.name for node in graph.nodes]
    end = max(i for i, node in enumerate(graph.nodes) if node.stage.startswith("stage"))
    field = receptive_fields(graph)[end]
    assert names[end].startswith("stages.")
    first, final = field.first + unit * field.jump, field.last + unit * field.jump
    assert (reached.min().item(), reached.max().item()) == (
        max(first, 0),
        min(final, resolution - 1),
    )


def test_start_and_jump():
    layers = summary_of("vgg16").layers.set_index("name")
    assert layers.loc["stages.0.conv1", ["jump", "start"]].tolist() == [1, 0.5]
    assert layers.loc["stages.1.pool", ["jump", "start"]].tolist() == [2, 1.0]


def test_what_the_linear_layers_see_is_the_whole_last_map():
    layers = summary_of("resnet18").layers.set_index("name")
    assert layers.loc["head.linear", "receptive_field"] == 435 + 6 * 32


@pytest.mark.parametrize(
    ("size", "output", "kernel_size", "stride"), [(7, 7, 1, 1), (7, 1, 7, 7), (10, 4, 3, 2.5)]
)
def test_adaptive_pooling(size, output, kernel_size, stride):
    module = nn.AdaptiveAvgPool2d(output)
    shape = ((8, size, size),)
    slid = window(Node("", "", "", (0,), shape, (8, output, output), module))
    assert (slid.kernel_size, slid.stride) == (kernel_size, stride)


def test_dilation_widens_the_field():
    module = nn.Conv2d(3, 3, 3, dilation=2, padding=2)
    slid = window(Node("", "", "", (0,), ((3, 9, 9),), (3, 9, 9), module))
    assert (slid.kernel_size, slid.dilation) == (3, 2)


def test_a_field_may_exceed_the_image():
    assert summary(specify("resnet18"), resolution=32).totals.receptive_field == 435


@pytest.mark.parametrize(
    "name", ["lenet5", "vgg11", "googlenet_aux", "inception_v3", "resnet50", "densenet40_k12_cifar"]
)
def test_going_back_from_any_unit_finds_the_field_of_the_first_moved_by_jumps(name):
    spec = specify(name)
    graph = network_graph(spec, variant(name).resolution)
    for axis, position in (("height", -2), ("width", -1)):
        for index, field in enumerate(receptive_fields(graph, axis)):
            shape = graph.nodes[index].output_shape
            unit = shape[position] - 1 if len(shape) == 3 else 0
            moved = (field.first + unit * field.jump, field.last + unit * field.jump)
            assert unit_field(graph, index, unit, axis) == moved


def test_height_and_width_differ_where_kernels_do():
    graph = network_graph(specify("inception_v3"), 299)
    (index,) = [
        i
        for i, node in enumerate(graph.nodes)
        if node.name == "stages.1.inception1.branch_7x7.conv2.conv"
    ]
    sizes = [receptive_fields(graph, axis)[index].size for axis in ("height", "width")]
    assert sizes == [159, 159 + 6 * 16]


def test_adaptive_pooling_into_unequal_windows_is_exact_on_the_way_back():
    """VGG at 256 px pools 8 x 8 to 7 x 7: unit 1 averages positions 1 and 2."""
    graph = network_graph(specify("vgg11"), 256)
    names = [node.name for node in graph.nodes]
    resize = names.index("head.resize")
    before = receptive_fields(graph)[resize - 1]
    assert graph.nodes[resize].input_shapes[0][1:] == (8, 8)
    seen = unit_field(graph, resize, 1)
    assert seen == (before.first + before.jump, before.last + 2 * before.jump)
