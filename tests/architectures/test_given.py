"""A network's specification is read off its layers, and its copies share no modules."""

import pytest
import torch
from torch import nn

from cnnviz.architectures import architecture_of, build, specify
from cnnviz.architectures.given import (
    at_rest,
    described,
    device_of,
    given_network,
    precision_of,
    specification_of,
    with_weights,
    without_weights,
)
from tests.networks import VERY_DEEP, all_but_slow, meta_of


@pytest.mark.parametrize("name", all_but_slow(VERY_DEEP))
def test_networks_are_what_they_were_built_from(name):
    network = meta_of(name)
    twin = without_weights(network)
    assert described(network) == described(twin) == (specify(name), ())
    shapes = [{k: x.shape for k, x in each.state_dict().items()} for each in (network, twin)]
    assert shapes[0] == shapes[1]
    assert not set(network.modules()) & set(twin.modules())


@pytest.mark.parametrize("name", all_but_slow(VERY_DEEP))
def test_other_classes_and_channels_are_seen(name):
    if architecture_of(name).name == "mlp":
        return  # its first layer reads numbers, which do not say of how many channels
    with torch.device("meta"):
        network = build(name, num_classes=7, in_channels=1)
    network.spec = specify(name)
    assert described(network) == (specify(name, num_classes=7, in_channels=1), ())


def test_a_wrapper_is_no_network():
    network = build("lenet5")
    assert given_network(nn.DataParallel(network)) is network
    assert given_network(torch.compile(nn.DataParallel(network))) is network


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda n: setattr(n.stem.conv, "stride", (2, 2)), "stem.conv"),
        (lambda n: n.stem.add_module("gelu", nn.GELU()), "stem.gelu"),
        (lambda n: setattr(n.stages[0][0], "relu1", nn.Tanh()), "stages.0.0.relu1"),
    ],
)
def test_each_change_is_named(change, names):
    network = build("resnet20_cifar")
    change(network)
    with pytest.raises(ValueError, match=f"changed layers: {names}"):
        specification_of(network)


def test_copies_have_no_hooks_and_leave_the_network_alone():
    network = build("resnet20_cifar").half().train()
    network.stem.conv.register_forward_hook(lambda *_: 1 / 0)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    copy = with_weights(network).float()
    copy(torch.zeros(1, 3, 32, 32))
    assert network.training
    assert not copy.training
    for name, tensor in network.state_dict().items():
        assert tensor.dtype == before[name].dtype
        assert tensor.equal(before[name])


def test_shared_parameters_stay_shared():
    network = build("resnet20_cifar")
    network.stages[0][0].conv2 = network.stages[0][0].conv1
    twin = without_weights(network)
    assert twin.stages[0][0].conv2 is twin.stages[0][0].conv1


def test_a_network_at_rest_is_itself_where_it_can_be():
    network = build("lenet5")
    assert at_rest(network) is network
    assert at_rest(nn.DataParallel(network)) is network
    assert at_rest(network.double()) is network


def test_a_network_in_training_mode_shares_its_weights_with_its_copy():
    network = build("resnet20_cifar").train()
    network.stages.eval()
    twin = at_rest(network)
    assert not any(module.training for module in twin.modules())
    assert network.training
    assert not network.stages.training
    assert twin.stem.conv.weight.data_ptr() == network.stem.conv.weight.data_ptr()


@pytest.mark.parametrize(
    ("dtype", "precision"),
    [
        (torch.float16, torch.float32),
        (torch.bfloat16, torch.float32),
        (torch.float64, torch.float64),
    ],
)
def test_the_precision_to_compute_in(dtype, precision):
    network = build("resnet20_cifar")
    network.head.to(dtype)
    assert precision_of(network) == precision
    assert {parameter.dtype for parameter in at_rest(network).parameters()} == {precision}
    assert network.head.linear.weight.dtype == dtype


def test_the_device_of_a_network():
    network = build("lenet5")
    assert device_of(network) == torch.device("cpu")
    with pytest.raises(ValueError, match="must have weights; received one on the meta device"):
        device_of(network.to("meta"))
