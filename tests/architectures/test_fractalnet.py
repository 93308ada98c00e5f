"""What is special about FractalNet: columns, joins and drop-path."""

from collections import Counter

import pytest
import torch

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.summary import summary
from cnnviz.architectures import build, specify
from cnnviz.architectures.fractalnet import Fractal, Join

NAME = "fractalnet21_cifar"


@pytest.fixture
def small():
    """16 to 128 filters: the wiring of the published network."""
    torch.manual_seed(0)
    return build(NAME, width=16, dropout=0.0)


def test_parameters_are_those_of_the_papers_filters():
    """9 (3 in out + 4 out out) a block of three columns, two numbers a filter for its norm."""
    widths = (64, 128, 256, 512, 512)
    convolutions = sum(
        9 * (3 * c_in * c + 4 * c * c) for c_in, c in zip((3, *widths), widths, strict=False)
    )
    assert summary(NAME).totals.params == convolutions + 14 * sum(widths) + 513 * 10 == 33_724_618


@pytest.mark.parametrize(
    ("columns", "depth", "millions"),
    [
        (1, 5, "0.3"),
        (2, 10, "0.8"),
        (3, 20, "2.1"),
        (4, 40, "4.8"),
        (5, 80, "10.2"),
        (6, 160, "21.1"),
    ],
)
def test_depth_and_parameters_are_those_of_table_3(columns, depth, millions):
    spec = specify(NAME, columns=columns, width=16, num_classes=100)
    totals = summary(spec, resolution=32).totals
    assert totals.depth == depth + 1  # the paper does not count the linear layer
    assert f"{totals.params / 1e6:.1f}" == millions


def test_two_and_three_columns_meet_in_a_block():
    graph = network_graph(specify(NAME), 32)
    for stage in range(1, 6):
        joins = [n for n in graph.layers if n.kind == "mean" and n.stage == f"stage {stage}"]
        assert [len(join.inputs) for join in joins] == [2, 3]


def test_a_join_is_the_mean():
    a, b, c = torch.randn(3, 2, 4, 5, 5)
    assert torch.allclose(Join(0.15).eval()(a, b, c), (a + b + c) / 3)


def test_the_fractal_is_the_papers_equations(small):
    f_3 = small.stages[1].fractal
    z = torch.randn(2, 16, 8, 8)
    f_2, g_2 = f_3.first, f_3.second
    with torch.no_grad():
        middle = (f_2.layer(z) + f_2.second.layer(f_2.first.layer(z))) / 2
        assert torch.allclose(f_2(z), middle, atol=1e-6)
        columns = f_3.layer(z), g_2.layer(middle), g_2.second.layer(g_2.first.layer(middle))
        assert torch.allclose(f_3(z), sum(columns) / 3, atol=1e-6)


def test_local_drop_path_never_drops_all_and_keeps_the_mean_of_the_rest():
    torch.manual_seed(0)
    join = Join(0.5).train()
    ones = torch.ones(1, 1, 1, 1)
    means = Counter(join(1 * ones, 2 * ones, 4 * ones).item() for _ in range(2000))
    allowed = (1.0, 2.0, 4.0, 1.5, 2.5, 3.0, 7 / 3)
    assert all(min(abs(mean - one) for one in allowed) < 1e-6 for mean in means)
    assert len(means) == 7
    # All three are dropped with probability 1/8 and one comes back: 1/8 + 1/24 for each alone.
    assert means[1.0] / 2000 == pytest.approx(1 / 6, abs=0.03)


def test_global_drop_path_leaves_the_same_column_in_every_block(small):
    image = torch.randn(2, 3, 32, 32)
    ran = []
    for name, module in small.named_modules():
        if name.endswith(".layer"):
            module.register_forward_hook(lambda _, __, ___, name=name: ran.append(name))
    small.train()
    small.single_column = 1.0
    torch.manual_seed(0)
    seen = set()
    for _ in range(12):
        ran.clear()
        small(image)
        by_stage = Counter(name.split(".")[1] for name in ran)
        assert len(by_stage) == 5
        (layers,) = set(by_stage.values())
        seen.add(layers)
    assert seen == {1, 2, 4}


def test_in_use_all_columns_answer_whatever_training_dropped(small):
    image = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        expected = small(image)
        small.train()
        small.single_column = 1.0
        means = {name: b.clone() for name, b in small.named_buffers()}
        small(image)
        small.load_state_dict(means, strict=False)  # the statistics of before the training step
        assert all(f.only is not None for f in small.fractals)
        assert small.eval()(image).equal(expected)


def test_training_draws_anew_for_each_mini_batch(small):
    image = torch.randn(2, 3, 32, 32)
    small.train()
    torch.manual_seed(1)
    with torch.no_grad():
        columns = []
        for _ in range(40):
            small(image)
            columns.append(small.fractals[0].only)
    assert set(columns) == {None, 0, 1, 2}
    assert columns.count(None) == pytest.approx(20, abs=8)


def test_one_column_is_a_plain_network():
    graph = network_graph(specify(NAME, columns=1), 32)
    assert all(len(node.inputs) == 1 for node in graph.layers)
    assert not any(isinstance(m, Join) for m in Fractal(1, 3, 4, 0.0, 0.15).modules())
