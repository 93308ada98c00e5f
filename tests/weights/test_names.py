"""Names of tensors without what wrapped the network: torch's own utilities are the oracles."""

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm
from torch.optim.swa_utils import AveragedModel

from cnnviz.architectures import build, variant, variants
from cnnviz.weights.names import AUXILIARY, COUNTERS, WRAPPERS, named, plain_names
from tests.networks import meta_of


def small():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))


def test_no_network_here_has_a_part_that_is_called_like_a_wrapper():
    for name in variants():
        parts = {part for key in meta_of(name).state_dict() for part in key.split(".")}
        assert not parts & (WRAPPERS | AUXILIARY | (COUNTERS - {"num_batches_tracked"})), name


@pytest.mark.parametrize("name", [name for name in variants() if variant(name).torchvision])
def test_nor_has_a_model_of_torchvision(name):
    from torchvision.models import get_model

    with torch.device("meta"):
        state = get_model(variant(name).torchvision, weights=None).state_dict()
    parts = {part for key in state for part in key.split(".")}
    assert not parts & (WRAPPERS | (COUNTERS - {"num_batches_tracked"})), name


@pytest.mark.parametrize(
    "wrap",
    [
        nn.DataParallel,
        lambda network: torch.compile(network, backend="eager"),
        AveragedModel,
        lambda network: nn.DataParallel(torch.compile(network, backend="eager")),
    ],
)
def test_what_torch_wraps_around_a_network_is_taken_off(wrap):
    network = build("lenet5_full")
    expected = plain_names(network.state_dict())
    tensors = plain_names(wrap(network).state_dict())
    assert tensors.keys() == expected.keys()
    assert all(tensors[name].equal(expected[name]) for name in expected)


def test_parts_that_are_wrapped_alone_are_unwrapped():
    network = build("lenet5_full")
    expected = list(plain_names(network.state_dict()))
    network.head = nn.DataParallel(network.head)
    network.stages = torch.compile(network.stages, backend="eager")
    assert list(plain_names(network.state_dict())) == expected


@pytest.mark.parametrize(
    "wrap",
    [
        weight_norm,
        lambda layer: weight_norm(layer, dim=1),
        parametrizations.weight_norm,
        lambda layer: parametrizations.weight_norm(layer, dim=None),
        spectral_norm,
        parametrizations.spectral_norm,
        lambda layer: prune.l1_unstructured(layer, "weight", amount=0.4),
        lambda layer: prune.random_unstructured(layer, "bias", amount=0.5),
    ],
)
@pytest.mark.parametrize("make", [lambda: nn.Conv2d(3, 4, 3), lambda: nn.Linear(4, 2)])
def test_a_parametrised_layer_has_the_weights_that_it_uses(wrap, make):
    torch.manual_seed(0)
    layer = wrap(make())
    layer.train()(torch.randn((1, 3, 8, 8) if isinstance(layer, nn.Conv2d) else (1, 4)))
    network = nn.ModuleDict({"layer": layer}).eval()
    tensors = plain_names(network.state_dict())
    assert tensors.keys() == {"layer.weight", "layer.bias"}
    # spectral_norm computes its weight in the forward pass.
    layer.eval()(torch.randn((1, 3, 8, 8) if isinstance(layer, nn.Conv2d) else (1, 4)))
    torch.testing.assert_close(tensors["layer.weight"], layer.weight)
    torch.testing.assert_close(tensors["layer.bias"], layer.bias)


def test_parts_without_their_counterpart_keep_their_names():
    state = {"a.weight_g": torch.ones(1), "b.weight_orig": torch.ones(1)}
    assert plain_names(state) == state


def test_names_that_would_become_one_are_kept():
    state = {"module.a": torch.ones(1), "a": torch.zeros(1)}
    assert plain_names(state) == state


def test_the_prefix_is_the_one_before_most_names():
    one = torch.ones(1)
    tensors = {"loss.weight": one, "net.a.weight": one, "net.b.weight": one, "net.b.x": one}
    behind = named(tensors, ["a.weight", "b.weight", "weight"])
    assert (behind.prefix, behind.hits) == ("net.", 2)
    assert list(behind.tensors) == ["a.weight", "b.weight", "b.x"]
    assert named(tensors, ["unknown"]) == ("", tensors, 0)
