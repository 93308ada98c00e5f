import pytest

from cnnviz.analysis.folding import Folding, Shown
from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import ARCHITECTURES, specify, variant, variants
from tests.networks import graph_of

LARGEST = [list(family.variants)[-1] for family in ARCHITECTURES]


def folding(name: str, **settings) -> Folding:
    if not settings:
        return Folding(graph_of(name))
    return Folding(network_graph(specify(name, **settings), variant(name).resolution))


@pytest.mark.parametrize("name", variants())
def test_every_open_block_shows_every_layer_once_and_all_edges(name):
    tree = folding(name)
    opened = tree.fold(set(tree.blocks), Shown(repeated=False))
    graph = tree.graph
    assert opened.items["path"].tolist() == [node.name for node in graph.nodes]
    assert set(opened.links) == set(graph.edges)
    assert opened.item_of == tuple(range(len(graph.nodes)))


@pytest.mark.parametrize("name", LARGEST)
@pytest.mark.parametrize("hide", [False, True])
def test_every_cut_keeps_the_order_and_the_counts(name, hide):
    tree = folding(name)
    shown = Shown(hide_shape_keeping=hide)
    cut = tree.fold(tree.opened(40, shown), shown)
    assert all(source < target for source, target in cut.links)
    reached = {target for _, target in cut.links}
    assert reached == set(range(1, len(cut.items))), "every item but the input reads something"
    closed = tree.fold(())
    total = sum(p.numel() for n in tree.graph.layers if n.module for p in n.module.parameters())
    assert closed.items["params"].sum() == total


def test_repeated_blocks_are_one_item():
    items = folding("resnet34").fold({"stages.2"}).items.set_index("path")
    assert items.loc["stages.2.0", ["title", "repeats"]].tolist() == ["basic block", 1]
    assert items.loc["stages.2.1", "repeats"] == 5
    assert "stages.2.2" not in items.index
    assert items.loc["stages.2.1", "params"] == 5 * (2 * 256 * 256 * 9 + 4 * 256)


def test_dense_layers_are_of_one_make_though_they_read_more_and_more():
    items = folding("densenet121").fold({"stages.1", "stages.1.block"}).items.set_index("path")
    assert items.loc["stages.1.block.layer1", "repeats"] == 12


def test_inception_modules_of_different_widths_stay_apart():
    items = folding("inception_v3").fold({"stages.1"}).items.set_index("path")
    shown = items[items["stage"] == "stage 2"]["repeats"]
    assert shown.to_dict() == {
        "stages.1.reduction": 1,
        "stages.1.inception1": 1,
        "stages.1.inception2": 2,  # 160 channels twice, between 128 and 192
        "stages.1.inception4": 1,
    }


def test_all_connections_of_a_dense_block():
    tree = folding("densenet121")
    cut = tree.fold({"stages.0", "stages.0.block"}, Shown(repeated=False))
    block = cut.items.index[cut.items["stage"] == "stage 1"]
    layers, concatenation = block[:6], block[6]
    before = layers[0] - 1
    wanted = {(s, t) for t in layers for s in (before, *layers) if s < t}
    wanted |= {(s, concatenation) for s in (before, *layers)}
    links = {link for link in cut.links if link[1] in (*layers, concatenation)}
    assert links == wanted
    assert len([link for link in links if link[1] in layers]) == 6 * 7 // 2


def test_a_closed_block_says_how_it_joins():
    joins = folding("resnet18").fold({"stages.0", "stages.1"}).items.set_index("path")["join"]
    assert joins["stages.0.0"] == "addition"
    assert joins["stem"] == ""
    assert folding("plain18").fold({"stages.0"}).items["join"].eq("").all()
    inception = folding("googlenet").fold({"stages.0"}).items.set_index("path")["join"]
    assert inception["stages.0.inception3a"] == "", "a concatenation of branches skips nothing"


def test_volumes_leave_out_what_changes_none():
    shown = folding("vgg16_bn").fold({"stages.0"}, Shown(hide_shape_keeping=True)).items
    assert not {"ReLU", "batch norm", "dropout"} & set(shown["kind"])


def test_opening_stops_at_the_budget():
    tree = folding("inception_v3")
    assert len(tree.fold(tree.opened(40)).items) <= 40
    assert len(tree.fold(tree.opened(500)).items) > 40


@pytest.mark.parametrize(
    ("name", "path", "title", "kinds"),
    [
        ("resnet34", "stages.0.0", "basic block", {"convolution", "addition"}),
        ("resnet50", "stages.0.1", "bottleneck", {"convolution", "addition"}),
        ("preact_resnet18", "stages.0.1", "unit", {"batch norm", "addition"}),
        ("googlenet", "stages.0.inception3a", "inception", {"max pooling", "concatenation"}),
        ("highway19_cifar", "stages.0.highway1", "highway layer", {"sigmoid", "multiplication"}),
        ("fractalnet21_cifar", "stages.1.fractal", "fractal", {"convolution", "mean"}),
        ("densenet121", "stages.0.block", "dense block", {"block", "concatenation"}),
        ("squeezenet1_1", "stages.0.fire2", "fire", {"convolution", "concatenation"}),
    ],
)
def test_the_block_that_a_paper_draws(name, path, title, kinds):
    tree = folding(name)
    block = tree.anatomies()[0]
    assert (block.path, block.title) == (path, title)
    alone = Shown(repeated=False, within=block)
    drawn = tree.fold(tree.opened(40, alone), alone).items
    assert drawn["kind"].iloc[0] == "input"
    assert kinds <= set(drawn["kind"])


def test_the_order_of_a_preactivation_block_is_its_configurations():
    def order(name: str) -> list[str]:
        tree = folding("preact_resnet110_cifar", order=name)
        block = tree.blocks["stages.0.1"]
        cut = tree.fold(set(tree.blocks), Shown(repeated=False, within=block))
        return cut.items["kind"].tolist()[1:]

    full, original = order("full-pre-activation"), order("original")
    assert full[:3] == ["batch norm", "ReLU", "convolution"]
    assert original[:3] == ["convolution", "batch norm", "ReLU"]


@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda family: family.name)
def test_every_family_has_a_block_to_draw(family):
    tree = folding(next(iter(family.variants)))
    assert tree.anatomies()
