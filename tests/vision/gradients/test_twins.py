"""The twins have the layers that their titles say, and what becomes of a gradient is by a rule."""

import pytest
import torch

from cnnviz.architectures import build, is_published
from cnnviz.vision.gradients.twins import DEPTHS, fate, twins


def layers(spec):
    """Convolutions and linear layers on the main way: no shortcuts."""
    with torch.device("meta"):
        network = build(spec)
    kinds = (torch.nn.Conv2d, torch.nn.Linear)
    named = [name for name, each in network.named_modules() if isinstance(each, kinds)]
    return len([name for name in named if "shortcut" not in name and "reshape" not in name])


@pytest.mark.parametrize("depth", DEPTHS)
def test_titles_count_their_layers(depth):
    networks = twins(depth)
    assert [each.name for each in networks] == [
        *("plain", "residual", "pre-activation", "dense", "fully connected")
    ]
    for each in networks:
        assert str(layers(each.spec)) in each.title
    plain, residual, before, dense, connected = (layers(twin.spec) for twin in networks)
    assert plain == residual == before == depth
    assert 0.9 * depth <= dense <= depth
    assert connected == 9


def test_where_the_catalogue_has_them_they_are_published_but_for_their_names():
    plain, residual, *_ = twins(20)
    assert is_published(plain.spec)
    assert is_published(residual.spec)


def test_initialisation_is_of_all_and_the_activation_of_the_fully_connected():
    networks = twins(20, "he", "tanh")
    assert {each.spec.config.initialisation for each in networks} == {"he"}
    assert networks[-1].spec.config.activation == "tanh"


@pytest.mark.parametrize("settings", [(21,), (20, "orthogonal"), (20, "he", "swish")])
def test_what_is_not_offered_is_refused(settings):
    with pytest.raises(ValueError, match="must be one of"):
        twins(*settings)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (1.0, 1.0, "neither"),
        (1.0, 99.0, "neither"),
        (1.0, 101.0, "vanishes"),
        (99.0, 1.0, "neither"),
        (101.0, 1.0, "explodes"),
        (0.0, 1.0, "vanishes"),
        (0.0, 0.0, "neither"),
    ],
)
def test_the_rule(first, last, said):
    assert fate(first, last) == said
