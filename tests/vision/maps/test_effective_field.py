"""The effective receptive field: its exact values, its support, alone and in a crowd."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.receptive_field import receptive_fields
from cnnviz.architectures import build, variant
from cnnviz.vision.capture import Place, activation
from cnnviz.vision.maps.effective_field import effective_field, effective_side


def random_network(name):
    torch.manual_seed(0)
    return build(name).requires_grad_(False)


@pytest.fixture(scope="module")
def network():
    return random_network("resnet18")


def image(side, channels=3, seed=0):
    return torch.randn(1, channels, side, side, generator=torch.Generator().manual_seed(seed))


def plain(*convolutions):
    """A stack of convolutions whose weights are all 1, frozen."""
    stack = nn.Sequential(*convolutions)
    for parameter in stack.parameters():
        nn.init.ones_(parameter)
    return stack.requires_grad_(False)


def support(field):
    """(first, last) row and column with a gradient."""
    rows, columns = np.nonzero(field)
    return (rows.min(), rows.max()), (columns.min(), columns.max())


def test_of_two_convolutions_of_ones_the_field_is_the_number_of_paths():
    stack = plain(nn.Conv2d(1, 1, 3, padding=1), nn.Conv2d(1, 1, 3, padding=1))
    field = effective_field(stack, "1", image(9, channels=1))
    paths = np.outer([1, 2, 3, 2, 1], [1, 2, 3, 2, 1])
    np.testing.assert_allclose(field[2:7, 2:7], paths / 9, rtol=1e-6)
    assert np.count_nonzero(field) == 25
    assert field.dtype == np.float32


def test_maps_are_summed_and_so_are_the_absolute_values_of_colours():
    stack = plain(nn.Conv2d(3, 2, 1))
    stack[0].weight[:, :, 0, 0].copy_(torch.tensor([[1.0, -2.0, 3.0], [1.0, 1.0, -3.0]]))
    pixels = image(3).requires_grad_()
    (expected,) = torch.autograd.grad(stack(pixels)[0, :, 1, 1].sum(), pixels)
    assert expected[0].abs().sum(dim=0)[1, 1] == 3  # |1 + 1| + |-2 + 1| + |3 - 3|
    assert effective_field(stack, "0", image(3)).tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("unit", "rows", "columns"),
    [((10, 12), (17, 23), (15, 33)), ((0, 0), (0, 3), (0, 9)), ((16, 31), (29, 35), (53, 63))],
)
def test_the_support_of_a_plain_stack_is_its_theoretical_field(unit, rows, columns):
    """Worked out by hand: 3x3, then 5x5 of stride 2, then 1x7, all padded."""
    stack = plain(
        nn.Conv2d(3, 2, 3, padding=1),
        nn.Conv2d(2, 2, 5, stride=2, padding=2),
        nn.Conv2d(2, 2, (1, 7), padding=(0, 3)),
    )
    assert support(effective_field(stack, "2", image(64), unit)) == (rows, columns)


FAMILIES = [
    ("resnet20_cifar", "stages.1.0.conv2"),
    ("lenet5", "stages.1.c3"),
    ("alexnet", "stages.1.pool"),
    ("vgg11", "stages.3.conv2"),
    ("googlenet", "stages.0.inception3b.branch_5x5.expand.conv"),
    ("inception_v3", "stages.1.inception1.branch_7x7_twice.conv3.conv"),
    ("inception_v3", "stages.1.inception1.branch_7x7.conv2.relu"),
    ("densenet121", "stages.1.block.layer5.conv2"),
    ("squeezenet1_1", "stages.1.fire4.expand_3x3"),
    ("highway19_cifar", "stages.1.plain.conv"),
    ("fractalnet21_cifar", "stages.1.fractal.second.second.layer.conv"),
]


@pytest.mark.parametrize(("name", "layer"), FAMILIES)
@pytest.mark.parametrize("place", ["centre", "corner"])
def test_outside_of_the_theoretical_field_the_gradient_is_zero(name, layer, place):
    network, side = random_network(name), variant(name).resolution
    graph = network_graph(network, side)
    index = [node.name for node in graph.nodes].index(layer)
    height, width = graph.nodes[index].output_shape[1:]
    unit = (height // 2, width // 2) if place == "centre" else (0, width - 1)
    field = effective_field(network, layer, image(side, variant(name).in_channels), unit)
    assert field.max() == 1
    inside = np.zeros(field.shape, bool)
    fields = [receptive_fields(graph, axis)[index] for axis in ("height", "width")]
    (top, bottom), (left, right) = (
        (max(int(f.first + u * f.jump), 0), int(f.last + u * f.jump) + 1)
        for f, u in zip(fields, unit, strict=True)
    )
    inside[top:bottom, left:right] = True
    assert not inside.all()
    assert not field[~inside].any()


def test_a_layer_without_maps_depends_on_the_whole_image(network):
    field = effective_field(network, "head.linear", image(64))
    assert (support(field), field.shape) == (((0, 63), (0, 63)), (64, 64))


def test_what_a_layer_reads_is_what_the_addition_before_it_makes(network):
    pixels = image(64).requires_grad_()
    block = network.stages[0][0]
    before = network.stem(pixels)
    added = block.norm2(block.conv2(block.relu1(block.norm1(block.conv1(before))))) + before
    (gradient,) = torch.autograd.grad(added[0, :, 8, 8].sum(), pixels)
    expected = gradient[0].abs().sum(dim=0)
    field = effective_field(network, "stages.0.0.relu2", image(64), input_index=0)
    np.testing.assert_allclose(field, expected / expected.max(), atol=1e-5)


def test_eight_threads_share_one_network(network):
    """80 requests, mixed layers, units and images: each gets its own field."""
    layers = ["stages.3", "stages.1.0.conv1", "stages.0.1.relu1"]
    jobs = [(layers[seed % 3], seed % 4, seed) for seed in range(8)]

    def run(job):
        layer, unit, seed = job
        return effective_field(network, layer, image(64, seed=seed), (unit % 2, unit // 2))

    expected = [run(job) for job in jobs]
    assert len({field.tobytes() for field in expected}) == len(jobs)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(run, jobs * 10))
    for index, field in enumerate(results):
        np.testing.assert_allclose(field, expected[index % len(jobs)], atol=1e-5)


def test_the_pass_ends_at_the_layer_and_leaves_nothing_behind(network):
    ran = []
    watched = network.stages[1].register_forward_hook(lambda *_: ran.append("stages.1"))
    effective_field(network, "stages.0", image(32))
    watched.remove()
    assert ran == []
    with pytest.raises(RuntimeError):
        activation(network, Place("stages.0"), image(32, channels=5))
    hooks = [m for m in network.modules() if m._forward_hooks or m._forward_pre_hooks]
    assert hooks == []
    assert all(parameter.grad is None for parameter in network.parameters())


@pytest.mark.parametrize(
    ("layer", "arguments", "error", "sentence"),
    [
        ("stages.9", {}, KeyError, "stages.9 is no layer of this network"),
        ("stages.0", {"unit": (8, 0)}, ValueError, r"of 8 x 8 units; received \(8, 0\)"),
        ("stages.0", {"unit": (0, -1)}, ValueError, r"of 8 x 8 units; received \(0, -1\)"),
        ("head.linear", {"unit": (0, 0)}, ValueError, "unit must be"),
    ],
)
def test_bad_input_is_one_sentence(network, layer, arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        effective_field(network, layer, image(32), **arguments)


def test_more_than_one_image_is_refused(network):
    with pytest.raises(ValueError, match=r"image must be \(1, C, H, W\); received \(2, 3"):
        effective_field(network, "stages.0", torch.zeros(2, 3, 32, 32))


def test_an_auxiliary_head_does_not_run():
    network = random_network("googlenet_aux")
    with pytest.raises(ValueError, match=r"one that the network runs; received auxiliary\.1\.conv"):
        effective_field(network, "auxiliary.1.conv", image(32))


def test_a_gradient_beyond_float32_is_reported():
    stack = plain(nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 1))
    for layer in stack:
        layer.weight.fill_(1e30)
    with pytest.raises(OverflowError, match="larger than float32 can hold"):
        effective_field(stack, "1", image(4, channels=1))


def test_where_no_pixel_moves_the_unit_the_field_is_zero():
    stack = plain(nn.Conv2d(1, 1, 3, padding=1)).append(nn.ReLU())
    stack[0].bias.fill_(-100.0)
    field = effective_field(stack, "1", image(8, channels=1))
    assert not field.any()
    assert effective_side(field, (4.0, 4.0)) == 0


@pytest.mark.parametrize(
    ("share", "centre", "side"),
    [(0.5, (4.5, 4.5), 1), (0.6, (4.5, 4.5), 5), (1.0, (4.5, 4.5), 5), (1.0, (4.0, 4.0), 6)],
)
def test_the_side_holds_its_share(share, centre, side):
    field = np.zeros((9, 9), np.float32)
    field[4, 4] = 1.0
    field[4, 6] = 0.5
    field[2, 3] = 0.5
    assert effective_side(field, centre, share) == side


def test_a_rounded_sum_is_counted_whole():
    field = np.random.default_rng(0).random((50, 40), np.float32)
    assert effective_side(field, (25.0, 20.0), 1.0) == 50


@pytest.mark.parametrize("share", [0.0, 1.1])
def test_a_share_is_in_its_range(share):
    with pytest.raises(ValueError, match="share must be above 0 and at most 1"):
        effective_side(np.ones((2, 2)), (1.0, 1.0), share)
