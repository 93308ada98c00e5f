"""Wide ResNet: WRN-d-k and dropout inside the block."""

import pytest
import torch
from torch import nn

from cnnviz.analysis.summary import summary
from cnnviz.architectures import build
from tests.networks import summary_of

EXACT_PARAMS = {
    "wide_resnet16_4_cifar": 2_748_890,
    "wide_resnet16_8_cifar": 10_961_370,
    "wide_resnet28_10_cifar": 36_479_194,
}


@pytest.mark.parametrize("name", EXACT_PARAMS)
def test_parameters_are_exact(name):
    assert summary_of(name).totals.params == EXACT_PARAMS[name]


def test_wrn_40_4_has_the_parameters_of_the_authors_log():
    layers = summary(build("wide_resnet16_4_cifar", depth=40)).layers
    assert layers["params"].sum() == 8_949_210
    assert (layers["kind"] == "convolution").sum() == 40


def test_dropout_is_between_the_convolutions_and_acts_in_training_alone():
    torch.manual_seed(0)
    network = build("wide_resnet16_4_cifar", depth=10, widening_factor=1)
    block = network.stages[0][0]
    order = [name for name, _ in block.named_children()]
    assert order.index("conv1") < order.index("dropout") < order.index("conv2")
    assert block.dropout.p == 0.4
    image = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(network(image), network(image))
        for module in network.modules():
            module.training = isinstance(module, nn.Dropout)
        assert not torch.equal(network(image), network(image))


def test_blocks_without_dropout_have_no_such_layer():
    network = build("wide_resnet16_4_cifar", dropout=0.0)
    assert not any(isinstance(module, nn.Dropout) for module in network.modules())


def test_equal_channels_pass_the_input_on_and_others_project_the_activated_input():
    torch.manual_seed(0)
    stage = build("wide_resnet16_4_cifar", widening_factor=2).stages[1]
    first, second = stage[0], stage[1]
    x = torch.randn(2, 32, 8, 8)
    with torch.no_grad():
        a = first.relu1(first.norm1(x))
        f = first.conv2(first.relu2(first.norm2(first.conv1(a))))
        y = first(x)
        assert torch.allclose(y, f + first.projection(a), atol=1e-6)
        second.conv2.weight.zero_()
        assert torch.equal(second(y), y)
