import pandas as pd
import pytest

from cnnviz.analysis.comparison.alignment import AUXILIARY, VECTOR, curves, level, stages_by_side
from cnnviz.analysis.layers import is_auxiliary, totals
from cnnviz.architectures import ARCHITECTURES
from tests.networks import summary_of

FIRST = [next(iter(family.variants)) for family in ARCHITECTURES]


def table(name):
    return summary_of(name).layers


def lines(stages, network):
    """One network's stages by their side."""
    return stages[stages["network"] == network].set_index("side")


@pytest.mark.parametrize(
    ("sides", "lines"),
    [((224, 112, 56, 28, 14, 7), (5, 4, 3, 2, 1, 0)), ((55, 27, 13, 6), (3, 2, 1, 0))],
)
def test_each_halving_is_one_line_down(sides, lines):
    assert tuple(level((64, side, side)) for side in sides) == lines


def test_vectors_and_single_pixels_share_the_last_line():
    assert level((4096,)) == level((512, 1, 1)) == VECTOR < level((16, 2, 2))


def test_vgg16_and_resnet34_stand_at_the_same_resolutions():
    stages = stages_by_side([table("vgg16"), table("resnet34")])
    vgg, resnet = lines(stages, 0), lines(stages, 1)
    assert list(vgg.index) == ["224 px", "112 px", "56 px", "28 px", "14 px", "7 px", "vector"]
    assert list(resnet.index) == list(vgg.index[1:])
    assert list(resnet["depth"]) == [1, 6, 8, 12, 6, 1]
    assert list(vgg["channels"]) == [64, 128, 256, 512, 512, 512, 1000]
    assert resnet.loc["56 px", "stages"] == "stem, stage 1"
    assert vgg.loc["vector", "params"] == 123_642_856


def test_networks_of_other_strides_share_lines_that_say_both_sides():
    stages = stages_by_side([table("alexnet"), table("vgg16")])
    assert list(lines(stages, 0).index) == [
        "56 and 55 px",
        "28 and 27 px",
        "14 and 13 px",
        "7 and 6 px",
        "vector",
    ]


@pytest.mark.parametrize("name", [*FIRST, "googlenet_aux", "inception_v3", "resnet50_v1_5"])
def test_stages_add_up_to_the_totals(name):
    layers = table(name)
    stages, whole = stages_by_side([layers]), totals(layers)
    for count in ("params", "macs", "activations", "depth"):
        assert stages[count].sum() == getattr(whole, count), count


def test_auxiliary_heads_have_a_line_of_their_own():
    last = stages_by_side([table("googlenet_aux")]).iloc[-1]
    assert (last["level"], last["side"]) == (AUXILIARY, "auxiliary heads")
    assert last["stages"] == "after stages 2 and 3"
    assert last["params"] == 6_379_728


@pytest.mark.parametrize("name", FIRST)
def test_curves_end_at_the_totals(name):
    layers = table(name)
    curve, whole = curves([layers]), totals(layers)
    training_only = int(layers[is_auxiliary(layers)]["params"].sum())
    assert list(curve["depth"]) == list(range(whole.depth + 1))
    assert tuple(curve[["params", "macs"]].iloc[-1]) == (whole.params - training_only, whole.macs)
    assert curve["receptive_field"].max() == whole.receptive_field
    for column in ("params", "macs", "receptive_field"):
        assert curve[column].dropna().is_monotonic_increasing


def test_curves_leave_auxiliary_heads_out_and_end_where_only_vectors_follow():
    with_heads = table("googlenet_aux")
    assert curves([with_heads])["params"].iloc[-1] == totals(table("googlenet")).params
    seen = curves([table("vgg16")])["receptive_field"]
    assert seen.iloc[13] == 212
    assert pd.isna(seen.iloc[14:]).all()
