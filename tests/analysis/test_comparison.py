import json

import pytest

from cnnviz.analysis.comparison import Comparison, comparison, label, labels
from cnnviz.analysis.comparison.text import (
    hyperparameter_sentences,
    printed_sentences,
    ratio,
    times,
    without_printed,
)
from cnnviz.analysis.formulas.arithmetic import enumeration
from cnnviz.analysis.summary import summary
from cnnviz.architectures.written import read


def compared(*names):
    return comparison([read(name) for name in names])


@pytest.fixture(scope="module")
def first_view():
    return compared("vgg16", "resnet34")


def test_totals_are_those_of_each_network(first_view):
    for row in first_view.totals.to_dict("records"):
        alone = summary(row["variant"]).totals
        assert {name: row[name] for name in vars(alone)} == vars(alone)
    assert list(first_view.totals["year"]) == [2014, 2015]


def test_ratios_in_words(first_view):
    sentence = "VGG-16 (D) has 6.3 times the parameters and 4.2 times the MACs of ResNet-34."
    assert first_view.ratios() == first_view.ratios(reference=0) == [sentence]


@pytest.mark.parametrize(
    ("params", "macs", "sentence"),
    [
        (2.5, 3, "A has 2.5 times the parameters and 3.0 times the MACs of B."),
        (0.25, 0.1, "B has 4.0 times the parameters and 10 times the MACs of A."),
        (2, 0.5, "A has 2.0 times the parameters of B; B has 2.0 times the MACs of A."),
        (1, 1, "A has as many parameters and as many MACs as B."),
        (1.004, 1.06, "A has 1.06 times the MACs of B; A has about as many parameters as B."),
    ],
)
def test_a_ratio_is_right_english_in_both_directions(params, macs, sentence):
    base = {"label": "B", "params": 1000, "macs": 1000}
    assert ratio({"label": "A", "params": 1000 * params, "macs": 1000 * macs}, base) == sentence


def test_factors_and_lists_in_words():
    assert [times(factor) for factor in (1.0634, 6.347, 9.96, 31.2, 1234)] == [
        "1.06",
        "6.3",
        "10",
        "31",
        "1,234",
    ]
    assert [enumeration(["A"]), enumeration(["A", "B"]), enumeration("ABC")] == [
        "A",
        "A and B",
        "A, B and C",
    ]


def test_the_heaviest_layer_of_vgg16_is_its_first_linear_layer(first_view):
    vgg, _ = first_view.heaviest.to_dict("records")
    assert (vgg["name"], vgg["kind"], vgg["params"]) == ("head.linear1", "linear", 102_764_544)
    assert vgg["share"] == pytest.approx(0.743, abs=0.001)


def test_hyperparameters_of_one_family_that_differ():
    (difference,) = compared("resnet50", "resnet50_v1_5").hyperparameters
    assert difference.rows["name"].to_list() == ["stride_in"]
    row = difference.rows.iloc[0]
    assert (row["ResNet-50"], row["ResNet-50 v1.5"]) == ("1x1", "3x3")
    assert row["help"].startswith("Which convolution of a bottleneck")


def test_densenet_with_and_without_compression():
    (difference,) = compared("densenet121", "densenet121,compression=1.0").hyperparameters
    row = difference.rows.iloc[0]
    assert len(difference.rows) == 1
    assert (row["DenseNet-121"], row["DenseNet-121 with compression 1.0"]) == ("0.5", "1.0")


def test_families_share_no_hyperparameters(first_view):
    assert first_view.hyperparameters == ()
    assert "VGG and ResNet are different families and share no" in first_view.to_markdown()


def test_networks_of_a_family_among_others_are_compared_with_each_other():
    (difference,) = compared("resnet18", "vgg16", "resnet34").hyperparameters
    assert difference.labels == ("ResNet-18", "ResNet-34")
    assert set(difference.rows["name"]) == {f"stage{n}_blocks" for n in (1, 2, 3, 4)}


def test_labels_are_different():
    names = [
        "resnet50",
        "resnet50",
        "resnet50,width=32",
        "vgg16,width=32,dropout=0.1,resolution=64",
    ]
    assert labels([read(name) for name in names]) == (
        "ResNet-50 (1)",
        "ResNet-50 (2)",
        "ResNet-50 with width 32",
        "VGG-16 (D) with 3 changes",
    )
    assert label(read("vgg16,batch_norm=true")) == "VGG-16 (D) with batch norm true"


def test_errors_are_those_printed_about_the_published_network_only():
    result = compared("resnet50", "resnet50,width=32", "resnet50_v1_5")
    assert set(result.printed["label"]) == {"ResNet-50"}
    assert result.printed["printed"].to_list()[:2] == ["22.85", "6.71"]
    assert without_printed(result) == [
        "ResNet-50 with width 32 is no published network: no paper prints its error.",
        "No published error of ResNet-50 v1.5 is known here.",
    ]


def test_errors_and_hyperparameters_in_sentences(first_view):
    protocol, vgg, resnet = printed_sentences(first_view)
    assert protocol == "Measured on dense, several scales:"
    assert vgg.startswith("VGG-16 (D): ImageNet top-1 error 26.6 % in Simonyan and Zisserman 2015,")
    assert "top-5 error 5.71 % in He et al. 2016, Table 4, ResNet-34 B (single model)." in resnet
    assert hyperparameter_sentences(compared("resnet50", "resnet50_v1_5")) == [
        "Stride in: 1x1 in ResNet-50, 3x3 in ResNet-50 v1.5."
    ]
    assert hyperparameter_sentences(first_view)[0].startswith("VGG and ResNet are different")


def test_json_is_plain_and_complete(first_view):
    result = json.loads(json.dumps(first_view.to_json()))
    assert result["networks"][0]["params"] == 138_357_544
    assert result["networks"][1]["config"]["width"] == "64"
    assert result["ratios"] == first_view.ratios()
    assert (
        sum(row["params"] for row in result["stages"] if row["label"] == "ResNet-34") == 21_797_672
    )
    assert {row["quantity"] for row in result["printed"]} == {"top1_error", "top5_error"}


def test_the_markdown_report_has_every_part(first_view):
    report = first_view.to_markdown()
    assert report.startswith("# VGG-16 (D) and ResNet-34\n")
    assert "| Parameters | 138,357,544 | 21,797,672 |" in report
    assert "| Year | 2014 | 2015 |" in report
    assert "| 112 px | ResNet-34 | stem | 1 | 64 | 9,536 |" in report
    assert "FLOPs = 2 x MACs" in report
    tables = [block.splitlines() for block in report.split("\n\n") if block.startswith("|")]
    assert len(tables) == 5
    for rows in tables:
        assert len({row.count(" | ") for row in rows}) == 1, rows[0]


def test_a_report_leaves_out_what_nobody_reads():
    result = compared("densenet264", "resnet152")
    assert "Left out: the table would have" in result.to_markdown()


def test_the_terminal_shows_totals_ratios_and_stages(first_view):
    text = str(first_view)
    assert "138,357,544" in text
    assert first_view.ratios()[0] in text
    assert "stem, stage 1" in text
    assert "head.linear1 (linear) with 102,764,544, 74% of all." in text


def test_a_network_and_its_table_belong_together():
    with pytest.raises(ValueError, match="networks must be at least one, with a layer table each"):
        Comparison.of([], [])
    with pytest.raises(ValueError, match="received 1 networks and 0 tables"):
        Comparison.of([read("vgg16")], [])


def test_an_image_too_small_is_one_sentence():
    with pytest.raises(ValueError, match=r"The image is too small: head\.pool"):
        compared("vgg16,resolution=28", "resnet34")
