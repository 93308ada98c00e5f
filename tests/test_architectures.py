"""Contracts that every architecture keeps, generated from the catalogue."""

from dataclasses import replace

import pytest
import torch

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.limits import GraphError
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
from cnnviz.architectures.given import made_for
from tests.edge_cases import edge_cases
from tests.networks import DEEPER, all_but_slow, meta_of

SIDES = (32, 64, 96, 224)


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


def opens(spec, resolution):
    """Whether a network maps such an image to its classes; if not, one sentence says why."""
    try:
        graph = network_graph(spec, resolution)
    except GraphError as error:
        assert str(error).endswith("resolution."), error
        return False
    heads = [node for node in graph.layers if not node.training_only]
    assert heads[-1].output_shape == (spec.num_classes,)
    return True


def smallest_side(spec):
    """The smallest image that a network opens; each smaller one is refused in a sentence."""
    sides = [spec.fixed_resolution] if spec.fixed_resolution else SIDES
    side = next((side for side in sides if opens(spec, side)), None)
    assert side, f"{spec.config} opens at none of {sides}"
    return side


def takes_another_branch(config):
    """Whether a word or a flag is another one than usual; a number only changes a literal."""
    default = vars(type(config)())
    return any(
        value != default[name] and isinstance(value, str | bool)
        for name, value in vars(config).items()
    )


@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda family: family.name)
def test_every_edge_case_opens_at_its_smallest_image_and_every_branch_in_grey_too(family):
    for config in edge_cases(family.config):
        colour = spec_of(family, config, num_classes=7, in_channels=3)
        side = smallest_side(colour)
        if config == family.config() or takes_another_branch(config):
            assert opens(replace(colour, in_channels=1), side)


@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda family: family.name)
def test_a_family_opens_at_each_of_its_resolutions(family):
    refused = set(family.resolutions)
    for config in edge_cases(family.config):
        spec = spec_of(family, config, num_classes=7)
        sides = refused & ({spec.fixed_resolution} if spec.fixed_resolution else refused)
        refused -= {side for side in sides if opens(spec, side)}
        if not refused:
            break
    assert not refused


@pytest.mark.parametrize("name", variants())
def test_a_variant_is_a_stem_stages_and_a_head(name):
    network = meta_of(name)
    assert {child for child, _ in network.named_children()} - {"auxiliary"} == {
        *("stem", "stages", "head")
    }
    assert not network.training
    assert network.spec == specify(name)
    assert is_published(network.spec)
    published = variant(name)
    side = made_for(network)
    image, read = torch.empty(1, published.in_channels, side, side, device="meta"), []
    watch = network.head.register_forward_pre_hook(lambda head, inputs: read.extend(inputs))
    with torch.no_grad():
        assert network(image).shape == (1, published.num_classes)
    watch.remove()
    assert (read[0].dim() == 4) == architecture_of(name).has_feature_maps


@pytest.mark.parametrize("name", variants())
def test_no_layer_works_in_place(name):
    network = meta_of(name)
    assert not any(getattr(module, "inplace", False) for module in network.modules())


def small(name):
    """The variant with few classes and few hidden units: counts are not the question here."""
    config = variant(name).config.to_text()
    thin = {k: v for k, v in {"hidden_units": 256, "growth_rate": 8}.items() if k in config}
    return specify(name, num_classes=5, **thin)


@pytest.mark.parametrize("name", all_but_slow(DEEPER))
def test_gradients_are_finite_and_reach_every_parameter_that_is_not_dropped(name):
    torch.manual_seed(0)
    spec = small(name)
    network, side = build(spec).train(), smallest_side(spec)
    outputs = network(torch.randn(2, spec.in_channels, side, side))
    for logits in outputs if isinstance(outputs, tuple) else (outputs,):
        assert logits.shape == (2, 5)
        logits.logsumexp(dim=1).sum().backward(retain_graph=True)
    gradients = [parameter.grad for parameter in network.parameters()]
    reached = [gradient for gradient in gradients if gradient is not None]
    assert all(gradient.isfinite().all() for gradient in reached)
    assert any(gradient.abs().max() > 0 for gradient in reached)
    drops_paths = architecture_of(name).name in ("stochastic_depth", "fractalnet")
    assert drops_paths or len(reached) == len(gradients)


def test_the_same_seed_draws_the_same_weights():
    first, second = (
        torch.manual_seed(seed) and build("squeezenet1_1").state_dict() for seed in (3, 3)
    )
    assert all(first[key].equal(second[key]) for key in first)


@pytest.mark.parametrize("family", ARCHITECTURES, ids=lambda family: family.name)
def test_a_family_file_says_where_it_differs_from_its_paper(family):
    assert family.deviation_notes.endswith(".")
    assert "\n" not in family.deviation_notes


def test_look_ups_name_what_is_known():
    with pytest.raises(KeyError, match=r"resnet51 is no variant; known are .*vgg11, "):
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
