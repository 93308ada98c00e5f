"""Counts against sources that are not ours: arithmetic, torchvision, torch's counter."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry
from torchvision.models import get_model, get_model_weights

from cnnviz.analysis.summary import summary
from cnnviz.architectures import build, variant, variants
from cnnviz.weights.names import AUXILIARY
from tests.networks import VERY_DEEP, all_but_slow, meta_of, summary_of

# Layer by layer arithmetic, and torchvision's own figures where it has the network.
EXACT_PARAMS = {
    "vgg11": 132_863_336,
    "vgg11_lrn": 132_863_336,
    "vgg13": 133_047_848,
    "vgg16_c": 133_638_952,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet50_v1_5": 25_557_032,
    "resnet101": 44_549_160,
    "resnet101_v1_5": 44_549_160,
    "resnet152": 60_192_808,
    "resnet152_v1_5": 60_192_808,
    "resnet20_cifar": 269_722,
    "resnet32_cifar": 464_154,
    "resnet44_cifar": 658_586,
    "resnet56_cifar": 853_018,
    "resnet110_cifar": 1_727_962,
    "resnet1202_cifar": 19_421_274,
    "squeezenet1_1": 1_235_496,
}
GIGA_MACS = {
    "vgg11": 7.609,
    "vgg13": 11.308,
    "vgg16": 15.470,
    "vgg19": 19.632,
    "resnet18": 1.814,
    "resnet34": 3.664,
    "resnet50": 3.858,
    "resnet50_v1_5": 4.089,
    "resnet101": 7.570,
    "resnet101_v1_5": 7.801,
    "resnet152": 11.282,
    "resnet152_v1_5": 11.514,
    "squeezenet1_1": 0.349,
}
TORCHVISION = [name for name in variants() if variant(name).torchvision]


@pytest.mark.parametrize("name", EXACT_PARAMS)
def test_parameters_are_exact(name):
    assert summary_of(name).totals.params == EXACT_PARAMS[name]


@pytest.mark.parametrize("name", GIGA_MACS)
def test_macs_are_the_published_ones(name):
    assert summary_of(name).totals.macs / 1e9 == pytest.approx(GIGA_MACS[name], abs=0.0005)


def test_option_b_on_cifar_costs_what_it_costs():
    with torch.device("meta"):
        assert sum(p.numel() for p in build("resnet20_cifar", shortcut="B").parameters()) == 272_474


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvision_says_the_same(name):
    meta = get_model_weights(variant(name).torchvision).IMAGENET1K_V1.meta
    totals = summary_of(name).totals
    with torch.device("meta"):
        theirs = get_model(variant(name).torchvision, weights=None).named_parameters()
    params = {path: parameter.numel() for path, parameter in theirs}
    # Its figure has Inception-v3's auxiliary head, not GoogLeNet's two; ours has neither.
    used = sum(size for path, size in params.items() if path.partition(".")[0] not in AUXILIARY)
    assert totals.params == used
    assert meta["num_params"] in (used, sum(params.values()))
    assert totals.macs / 1e9 == pytest.approx(meta["_ops"], abs=0.005)


class TorchsCounter(TorchDispatchMode):
    """Torch's formulas for each operation, without the sums by module of its FlopCounterMode."""

    total = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        output = operation(*args, **(kwargs or {}))
        if formula := flop_registry.get(operation._overloadpacket):
            self.total += formula(*args, **(kwargs or {}), out_val=output)
        return output


@pytest.mark.parametrize("name", all_but_slow(VERY_DEEP))
def test_torchs_own_counter_says_the_same(name):
    result = summary_of(name)
    network = meta_of(name)
    side = result.resolution
    image = torch.empty(1, network.spec.in_channels, side, side, device="meta")
    with TorchsCounter() as counter:
        network(image)
    assert counter.total == 2 * result.totals.macs


@pytest.mark.parametrize("name", variants())
def test_rows_add_up_to_the_network(name):
    result = summary_of(name)
    network = meta_of(name)
    assert result.layers["params"].sum() == sum(p.numel() for p in network.parameters())
    assert result.layers["params_share"].sum() == pytest.approx(1)
    assert result.layers["macs_share"].sum() == pytest.approx(1)
    assert result.layers["name"].is_unique
    used = result.layers[result.layers["stage"] == "head"]
    assert tuple(used["output_shape"].iloc[-1]) == (variant(name).num_classes,)


def test_one_layer_by_hand():
    layers = summary("resnet18").layers.set_index("name")
    conv = layers.loc["stem.conv"]
    assert conv["output_shape"] == (64, 112, 112)
    assert conv["params"] == 64 * 3 * 7 * 7
    assert conv["macs"] == 64 * 112 * 112 * 3 * 7 * 7
    assert conv["activations"] == 64 * 112 * 112
    assert conv["memory"] == 4 * (64 * 3 * 7 * 7 + 64 * 112 * 112)
    assert (conv["kernel_size"], conv["stride"], conv["padding"]) == ((7, 7), (2, 2), (3, 3))
    assert (conv["groups"], conv["bias"]) == (1, False)
    linear = layers.loc["head.linear"]
    assert (linear["params"], linear["macs"]) == (512 * 1000 + 1000, 512 * 1000)
    assert linear["bias"]


@pytest.mark.parametrize(
    ("name", "depth"),
    [
        ("vgg11", 11),
        ("vgg16", 16),
        ("resnet18", 18),
        ("resnet50", 50),
        ("resnet152", 152),
        ("plain34", 34),
        ("resnet110_cifar", 110),
        ("squeezenet1_1", 18),
    ],
)
def test_depth_is_the_longest_path_of_weighted_layers(name, depth):
    assert summary_of(name).totals.depth == depth


def test_ends_and_resolution_change_the_counts():
    small = summary(build("squeezenet1_1", num_classes=2), resolution=64)
    assert small.totals.params == 1_235_496 - 998 * 513
    assert small.to_json()["input"] == [3, 64, 64]
    grey = summary(build("resnet18", in_channels=1))
    assert grey.totals.params == 11_689_512 - 2 * 64 * 49
