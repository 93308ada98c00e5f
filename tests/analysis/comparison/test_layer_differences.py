import pytest

from cnnviz.analysis.comparison.layer_differences import layer_differences, layer_text
from cnnviz.architectures import ARCHITECTURES
from tests.networks import summary_of


def differences(*names, by_name=False, every_layer=False):
    tables = [summary_of(name).layers for name in names]
    return layer_differences(tables, names, by_name, every_layer)


def test_the_slide_of_alexnet_and_vgg16():
    rows = differences("alexnet", "vgg16").rows
    both = rows[rows["layer_0"].notna() & rows["layer_1"].notna()]
    pairs = list(zip(both["layer_0"], both["layer_1"], strict=True))
    assert pairs[0] == ("11x11 convolution, 96, stride 4", "3x3 convolution, 256")
    assert pairs[2] == ("5x5 convolution, 256, 2 groups", "3x3 convolution, 512")
    assert pairs[-3:] == [(f"linear, {n}", f"linear, {n}") for n in (4096, 4096, 1000)]
    assert list(rows["side"].iloc[[0, 6, -1]]) == ["224", "55 / 56", "vector"]
    assert rows["difference"].iloc[0] == "only in vgg16"
    assert rows["difference"].iloc[-3:].to_list() == ["changed: inputs", "", ""]
    assert rows["params_1"].iloc[-3] == 102_764_544


def test_resnet50_v1_5_differs_in_where_the_stride_is():
    compared = differences("resnet50", "resnet50_v1_5", by_name=True)
    changed = compared.rows[compared.rows["difference"] != ""]
    assert len(compared.rows) == 56
    assert changed["difference"].to_list() == ["changed: stride, resolution", "changed: stride"] * 3
    assert set(changed["layer_0"]) >= {"1x1 convolution, 128, stride 2", "3x3 convolution, 128"}
    marks = compared.marked.loc[changed.index]
    assert marks["layer_1"].all()
    assert not marks.filter(like="_0").any(axis=None)
    assert not marks["params_1"].any()


def test_marks_are_where_the_cells_differ():
    compared = differences("vgg13", "vgg16", by_name=True)
    new = compared.rows["layer_0"].isna()
    assert compared.rows[new]["difference"].to_list() == ["only in vgg16"] * 3
    assert compared.marked[new][["layer_1", "output_1", "params_1"]].all(axis=None)
    assert not compared.marked[~new].any(axis=None)


def test_a_network_has_no_difference_from_itself():
    compared = differences("googlenet", "googlenet", by_name=True, every_layer=True)
    assert (compared.rows["difference"] == "").all()
    assert not compared.marked.any(axis=None)
    assert len(compared.rows) == len(summary_of("googlenet").layers)


def test_of_three_networks_each_is_compared_with_the_first():
    rows = differences("resnet18", "resnet34", "plain18", by_name=True).rows.set_index("layer_2")
    words = set(rows["difference"])
    assert words == {"", "only in resnet34", "plain18: missing"}


def test_a_classifier_stands_beside_a_classifier():
    last = differences("vgg16", "resnet34").rows.iloc[-1]
    assert (last["layer_0"], last["layer_1"]) == ("linear, 1000", "linear, 1000")


@pytest.mark.parametrize("every_layer", [False, True])
@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda f: f.name)
def test_every_layer_of_every_network_has_its_line(family, every_layer):
    name = next(iter(family.variants))
    rows = differences(name, "vgg11", every_layer=every_layer).rows
    for network, table in enumerate((summary_of(name).layers, summary_of("vgg11").layers)):
        params = rows[f"params_{network}"].dropna()
        if every_layer:
            assert len(params) == len(table)
        assert params.sum() >= table.loc[table["macs"] > 0, "params"].sum()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("stem.pool", "3x3 max pooling, stride 2"),
        ("stem.conv", "7x7 convolution, 64, stride 2"),
        ("stem.norm", "batch norm"),
        ("head.linear", "linear, 1000"),
    ],
)
def test_a_layer_in_a_few_words(name, text):
    table = summary_of("resnet18").layers
    assert layer_text(table[table["name"] == name].iloc[0].to_dict()) == text
