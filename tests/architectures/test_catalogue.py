"""Contracts that every architecture keeps, generated from the catalogue."""

from dataclasses import replace

import pytest
import torch

from cnnviz.architectures import (
    ARCHITECTURES,
    NetworkSpec,
    architecture,
    architecture_of,
    build,
    is_published,
    specify,
    variant,
    variants,
)
from cnnviz.architectures.published import published

EDGE_CASES = [
    pytest.param(family, config, id=f"{family.name}-{index}")
    for family in ARCHITECTURES
    for index, config in enumerate(family.config.edge_cases())
]


def spec_of(family, config, **ends):
    name = next(iter(family.variants))
    return replace(specify(name, **ends), config=config)


def test_architectures_come_oldest_first():
    years = [family.year for family in ARCHITECTURES]
    assert years == sorted(years)


def test_variant_names_are_unique():
    assert len(variants()) == sum(len(family.variants) for family in ARCHITECTURES)


def test_the_names_of_links_and_scripts_stay():
    assert set(variants()) >= {
        *("vgg11", "vgg11_lrn", "vgg13", "vgg16_c", "vgg16", "vgg19"),
        *("vgg11_bn", "vgg13_bn", "vgg16_bn", "vgg19_bn"),
        *("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"),
        *("resnet50_v1_5", "resnet101_v1_5", "resnet152_v1_5", "plain18", "plain34"),
        *(f"resnet{depth}_cifar" for depth in (20, 32, 44, 56, 110, 1202)),
        *(f"plain{depth}_cifar" for depth in (20, 32, 44, 56)),
        "squeezenet1_1",
    }


@pytest.mark.parametrize(("family", "config"), EDGE_CASES)
@pytest.mark.parametrize("in_channels", [1, 3])
def test_every_edge_case_maps_to_the_right_shape(family, config, in_channels):
    spec = spec_of(family, config, num_classes=7, in_channels=in_channels)
    for resolution in (32, 224):
        with torch.device("meta"):
            network = build(spec)
            assert network(torch.empty(2, in_channels, resolution, resolution)).shape == (2, 7)


@pytest.mark.parametrize("name", variants())
def test_a_variant_is_a_stem_stages_and_a_head(name):
    with torch.device("meta"):
        network = build(name)
    assert {child for child, _ in network.named_children()} == {"stem", "stages", "head"}
    assert not network.training
    assert network.spec == specify(name)
    assert is_published(network.spec)
    resolution = variant(name).resolution
    image = torch.empty(1, 3, resolution, resolution, device="meta")
    assert network(image).shape == (1, variant(name).num_classes)
    assert network.stages(network.stem(image)).dim() == 4


@pytest.mark.parametrize("name", variants())
def test_no_layer_works_in_place(name):
    with torch.device("meta"):
        network = build(name)
    assert not any(getattr(module, "inplace", False) for module in network.modules())


SMALL = [name for name in variants() if name != "resnet1202_cifar"]


@pytest.mark.parametrize("name", SMALL)
def test_forward_and_backward_are_finite(name):
    # A tenth of the hidden units: the shape of VGG's linear layers is not the question here.
    thin = {"hidden_units": 256} if "hidden_units" in dir(variant(name).config) else {}
    network = build(name, num_classes=5, **thin).train()
    network(torch.randn(2, 3, 64, 64)).logsumexp(dim=1).sum().backward()
    gradients = [parameter.grad for parameter in network.parameters()]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)
    assert any(gradient.abs().max() > 0 for gradient in gradients)


def test_the_same_seed_draws_the_same_weights():
    first, second = (
        torch.manual_seed(seed) and build("squeezenet1_1").state_dict() for seed in (3, 3)
    )
    assert all(first[key].equal(second[key]) for key in first)


PRINTED = [figure for name in variants() for figure in published(name)]


@pytest.mark.parametrize("figure", PRINTED, ids=lambda f: f"{f.variant}-{f.quantity}")
def test_counts_round_to_what_the_papers_print_or_the_deviation_is_stated(figure):
    from cnnviz.analysis.summary import summary

    count = getattr(summary(figure.variant).totals, figure.quantity)
    family = architecture_of(figure.variant)
    stated = family.deviation(figure.variant, figure.quantity)
    assert figure.agrees(count) == (stated is None), f"{count} against {figure.value} {figure.unit}"
    assert figure.source


def test_every_printed_figure_is_of_a_variant_and_every_deviation_of_a_printed_figure():
    from cnnviz.architectures.published import _figures

    assert {figure.variant for figure in _figures()} <= set(variants())
    printed = {(figure.variant, figure.quantity) for figure in _figures()}
    for family in ARCHITECTURES:
        for deviation in family.deviations:
            assert {(name, deviation.quantity) for name in deviation.variants} <= printed


def test_printed_figures_are_compared_as_printed():
    figure = published("resnet20_cifar")[0]
    assert (figure.value, figure.unit) == ("0.27", "M")
    assert figure.agrees(269_722)
    assert not figure.agrees(275_001)
    assert not figure.agrees(264_999)


def test_look_ups_name_what_is_known():
    with pytest.raises(KeyError, match="resnet51 is no variant; known are vgg11, "):
        build("resnet51")
    with pytest.raises(KeyError, match="lenet6 is no architecture; known are "):
        architecture("lenet6")
    with pytest.raises(KeyError, match="depth is no hyperparameter; known are stem, block"):
        build("resnet18", depth=3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"num_classes": 0}, "num_classes must be between 1 and 100000; received 0."),
        ({"in_channels": 2}, "in_channels must be 1 or 3; received 2."),
        ({"width": 17}, "width must be one of 16, 32, 48, 64, 80, 96, 112, 128; received 17."),
    ],
)
def test_bad_settings_are_refused_with_one_sentence(arguments, sentence):
    with pytest.raises(ValueError, match="^" + sentence.replace(".", r"\.") + "$"):
        build("resnet18", **arguments)


def test_a_changed_setting_is_no_longer_the_published_network():
    spec = specify("resnet18", width=32)
    assert not is_published(spec)
    assert isinstance(spec, NetworkSpec)
