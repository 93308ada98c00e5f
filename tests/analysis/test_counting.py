import pytest

from cnnviz.analysis.counting import CONVENTIONS, FLOPS, MACS, OPERATIONS, convention, operations
from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.layers import layer_table
from cnnviz.analysis.summary import summary
from cnnviz.architectures import ARCHITECTURES, specify
from cnnviz.architectures.given import made_for
from tests.networks import summary_of

FIRST = [next(iter(family.variants)) for family in ARCHITECTURES]


@pytest.mark.parametrize(
    ("name", "layer", "count"),
    [
        ("resnet18", "stem.conv", 2 * 64 * 112 * 112 * 3 * 7 * 7),
        ("resnet18", "stem.norm", 2 * 64 * 112 * 112),
        ("resnet18", "stem.relu", 64 * 112 * 112),
        ("resnet18", "stem.pool", (3 * 3 - 1) * 64 * 56 * 56),
        ("resnet18", "stages.0.0.addition", 64 * 56 * 56),
        ("resnet18", "head.pool", 512 * 7 * 7),
        ("resnet18", "head.flatten", 0),
        ("resnet18", "head.linear", 2 * 512 * 1000 + 1000),
        ("vgg16", "stages.0.conv1", 2 * 64 * 224 * 224 * 27 + 64 * 224 * 224),
        ("vgg16", "head.dropout1", 0),
        ("densenet121", "stages.1.transition.pool", 2 * 2 * 128 * 28 * 28),
        ("googlenet", "stem.lrn1", (5 + 4) * 64 * 56 * 56),
        ("googlenet", "stages.0.inception3a.concatenation", 0),
        ("highway19_cifar", "stages.0.highway1.gate.sigmoid", 32 * 32 * 32),
        ("highway19_cifar", "stages.0.highway1.subtraction", 32 * 32 * 32),
        ("highway19_cifar", "stages.0.highway1.multiplication", 32 * 32 * 32),
        # Layers of the papers' own: the LeNet paper scales a tanh twice; sums 4 units, scales and
        # shifts them; 60 kernels of 5 x 5; the squared distance of 84 units to a code, negated.
        ("lenet5", "stages.0.c1_squashing", 3 * 6 * 28 * 28),
        ("lenet5", "stages.1.s2", (4 + 1 + 1 + 1) * 6 * 14 * 14),
        ("lenet5", "stages.1.c3", 2 * 60 * 25 * 10 * 10 + 16 * 10 * 10),
        ("lenet5", "head.output", 10 * (3 * 84 + 1)),
        ("resnet20_cifar", "stages.1.0.shortcut", 0),
        ("fractalnet21_cifar", "stages.0.fractal.join", 3 * 64 * 32 * 32),
        ("stochastic_depth110_cifar", "stages.0.0.expectation", 16 * 32 * 32),
    ],
)
def test_each_kind_of_layer_by_hand(name, layer, count):
    layers = summary_of(name).layers.set_index("name")
    assert layers.loc[layer, "operations"] == count


def test_a_whole_network_by_hand():
    maps = [channels * side**2 for channels, side in ((64, 56), (128, 28), (256, 14), (512, 7))]
    relus = 64 * 112**2 + 4 * sum(maps)
    additions = 2 * sum(maps)
    norms = 2 * (64 * 112**2 + 4 * sum(maps) + sum(maps[1:]))
    pooling = 8 * maps[0] + maps[-1]
    expected = 2 * 1_814_073_344 + 1000 + relus + additions + norms + pooling
    assert summary_of("resnet18").layers["operations"].sum() == expected


def test_conventions_agree_with_the_table():
    graph = network_graph(specify("resnet20_cifar"), 32)
    table = layer_table(graph)
    for known in CONVENTIONS:
        counts = [operations(node, known) for node in graph.layers]
        assert known.counts(table).tolist() == counts
    assert FLOPS.counts(table).sum() == 2 * MACS.counts(table).sum() == 2 * table["macs"].sum()


@pytest.mark.parametrize("name", FIRST)
def test_only_what_moves_numbers_is_free(name):
    spec = specify(name)
    graph = network_graph(spec, made_for(spec))
    used = [node for node in graph.layers if not node.training_only]
    free = {node.kind for node in used if operations(node) == 0}
    assert free <= {"concatenation", "dropout", "flatten", "shortcut (A)"}


def test_auxiliary_heads_do_not_run():
    assert (
        summary_of("googlenet_aux").layers["operations"].sum()
        == summary_of("googlenet").layers["operations"].sum()
    )


def test_adaptive_windows_may_overlap():
    """224 px leave 7 x 7; of 8 x 8, windows of 2 rows begin at 0, 1, ..., 6."""
    head = summary("vgg16", resolution=256).layers.set_index("name").loc["head.resize"]
    assert head["operations"] == 512 * (7 * 2) ** 2


def test_conventions_are_found_by_name():
    assert [convention(known.name) for known in CONVENTIONS] == [MACS, FLOPS, OPERATIONS]
    with pytest.raises(KeyError, match="gmacs is no convention; known are macs, flops, operations"):
        convention("gmacs")
