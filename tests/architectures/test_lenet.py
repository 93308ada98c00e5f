import pytest
import torch
from torch.nn import functional

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.limits import GraphError
from cnnviz.analysis.summary import summary
from cnnviz.architectures import build, specify
from cnnviz.architectures.lenet import (
    C3_INPUTS,
    RadialBasisOutput,
    ScaledTanh,
    Subsampling,
    TableConvolution,
    codes,
)

# The paper's Table I: a row a map of S2, a column a map of C3.
TABLE_I = (
    "X...XXX..XXXX.XX",
    "XX...XXX..XXXX.X",
    "XXX...XXX..X.XXX",
    ".XXX..XXXX..X.XX",
    "..XXX..XXXX.XX.X",
    "...XXX..XXXX.XXX",
)


def test_parameters_are_the_papers():
    """Section II.B, layer by layer; 60,000 in all."""
    layers = summary("lenet5").layers.set_index("name")["params"]
    printed = {
        "stages.0.c1": 156,
        "stages.1.s2": 12,
        "stages.1.c3": 1516,
        "head.s4": 32,
        "head.c5": 48_120,
        "head.f6": 10_164,
    }
    assert layers[layers > 0].to_dict() == printed
    assert layers.sum() == 60_000
    assert summary("lenet5_full").totals.params == 61_706


def test_connections_are_the_papers():
    """Section II.B: a connection is a weight or a bias that a unit reads; 340,908 in all."""
    layers = summary("lenet5").layers.set_index("name")
    with_bias = layers["macs"] + layers["activations"]
    connections = {name: with_bias[f"stages.{name}"] for name in ("0.c1", "1.c3")}
    assert connections == {"0.c1": 122_304, "1.c3": 151_600}
    assert (with_bias["head.c5"], with_bias["head.f6"]) == (48_120, 10_164)
    s2, s4 = (5 * layers.loc[name, "activations"] for name in ("stages.1.s2", "head.s4"))
    assert (s2, s4) == (5_880, 2_000)
    assert sum(connections.values()) + s2 + s4 + 48_120 + 10_164 + 10 * 84 == 340_908


def test_c3_reads_what_table_i_says():
    drawn = tuple(
        tuple(s2 for s2 in range(6) if TABLE_I[s2][c3] == "X") for c3 in range(len(TABLE_I[0]))
    )
    assert drawn == C3_INPUTS
    torch.manual_seed(0)
    layer = TableConvolution(C3_INPUTS)
    layer.initialise(torch.nn.init.normal_)
    torch.nn.init.normal_(layer.bias)
    full, kernels = torch.zeros(16, 6, 5, 5), iter(layer.weight)
    for c3, maps in enumerate(drawn):
        for s2 in maps:
            full[c3, s2] = next(kernels)[0]
    x = torch.randn(2, 6, 14, 14)
    assert layer(x).allclose(functional.conv2d(x, full, layer.bias), atol=1e-4)
    assert layer.macs((16, 10, 10)) == 150_000


def test_subsampling_by_hand():
    layer = Subsampling(2)
    layer.coefficient.data = torch.tensor([2.0, -1.0])
    layer.bias.data = torch.tensor([0.5, 3.0])
    x = torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]]])[None]
    assert layer(x).flatten().tolist() == [2 * 10 + 0.5, -4 + 3]


def test_the_squashing_function_keeps_one_and_minus_one():
    squashed = ScaledTanh()(torch.tensor([-1.0, 0.0, 1.0, 50.0]))
    assert squashed.tolist() == pytest.approx([-1, 0, 1, 1.7159], abs=1e-4)


def test_the_nearest_code_wins_and_its_distance_is_the_logit():
    layer = RadialBasisOutput(10)
    x = layer.codes[3].clone()
    x[:7] = 0  # seven units undecided: a distance of 1 each
    logits = layer(x[None])[0]
    assert logits.argmax() == 3
    assert logits[3] == -7
    by_hand = [-sum((a - b) ** 2 for a, b in zip(x.tolist(), w, strict=True)) for w in layer.codes]
    assert logits.tolist() == by_hand
    assert not list(layer.parameters())


@pytest.mark.parametrize("num_classes", [1, 7, 10, 26, 1000])
def test_every_class_has_a_code_of_its_own(num_classes):
    drawn = codes(num_classes)
    assert drawn.shape == (num_classes, 84)
    assert set(drawn.unique().tolist()) == {-1.0, 1.0}
    assert len(drawn.unique(dim=0)) == num_classes
    assert drawn.equal(codes(1000)[:num_classes])


@pytest.mark.parametrize("how", ["paper", "gaussian", "xavier", "he"])
def test_every_connection_is_drawn(how):
    torch.manual_seed(0)
    network = build("lenet5", initialisation=how)
    assert network.stages[1].c3.weight.unique().numel() == 60 * 25
    if how == "paper":
        assert network.stages[1].c3.weight.abs().max() <= 2.4 / (3 * 25)


def test_other_image_sizes_are_refused_in_one_sentence():
    sentence = r"^head.f6 takes 120 numbers and receives .*images of 32 px; choose that"
    for variant in ("lenet5", "lenet5_full"):
        with pytest.raises(GraphError, match=sentence):
            network_graph(specify(variant), 224)
        with pytest.raises(GraphError, match="too small"):
            network_graph(specify(variant), 28)
