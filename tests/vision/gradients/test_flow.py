"""Gradients and activations by layer against plain loops, hooks."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnviz.architectures import specify
from cnnviz.vision.gradients.flow import activation_statistics, layer_gradients
from cnnviz.weights.loading import random_network


def batch(channels=3, side=16, count=4):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(count, channels, side, side, generator=generator), torch.arange(count)


def made(name, **settings):
    return random_network(specify(name, num_classes=10, **settings), seed=0)


def test_gradients_are_those_of_plain_autograd_in_training():
    pixels, labels = batch()
    gradients = layer_gradients(made("resnet20_cifar"), pixels, labels)
    network = made("resnet20_cifar").requires_grad_(True).train()
    functional.cross_entropy(network(pixels), labels).backward()
    assert len(gradients) == 20
    for each in gradients:
        gradient = network.get_submodule(each.layer).weight.grad
        assert each.norm == float(gradient.norm()) > 0
        assert each.rms == pytest.approx(float(gradient.square().mean().sqrt()), rel=1e-5)
    assert (gradients[0].position, gradients[-1].position) == (0, 1)
    assert (gradients[0].layer, gradients[-1].layer) == ("stem.conv", "head.linear")


def test_the_network_and_the_random_numbers_stay():
    network = made("preact_resnet110_cifar", stage1_blocks=1, stage2_blocks=1, stage3_blocks=1)
    before = {name: each.clone() for name, each in network.state_dict().items()}
    state = torch.get_rng_state()
    pixels, labels = batch()
    layer_gradients(network, pixels, labels)
    activation_statistics(network, pixels)
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(each, before[name]) for name, each in network.state_dict().items())
    assert not network.training
    assert all(each.grad is None for each in network.parameters())


def test_activations_are_what_hooks_of_the_test_see():
    network = made("plain20_cifar")
    seen = {}
    for name, module in network.named_modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(
                lambda m, i, output, name=name: seen.__setitem__(name, output.detach())
            )
    pixels, _ = batch()
    statistics = activation_statistics(network, pixels)
    network.train()
    seen.clear()
    with torch.no_grad():
        network(pixels)
    assert [each.layer for each in statistics] == list(seen)
    for each in statistics:
        output = seen[each.layer].numpy()
        assert each.mean == pytest.approx(output.mean(), rel=1e-4)
        assert each.std == pytest.approx(output.std(), rel=1e-4)
        assert each.zeros == (output == 0).mean()


def test_sigmoids_make_the_gradient_vanish_and_relus_with_their_initialisation_do_not():
    pixels, labels = batch(1, 28)
    ratios = {}
    for activation, initialisation in (("sigmoid", "xavier"), ("relu", "he")):
        network = made(
            "mlp",
            in_channels=1,
            resolution=28,
            hidden_layers=8,
            hidden_units=64,
            activation=activation,
            initialisation=initialisation,
        )
        gradients = layer_gradients(network, pixels, labels)
        ratios[activation] = gradients[0].rms / gradients[-1].rms
    assert ratios["sigmoid"] < 1e-3 < 1e-2 < ratios["relu"]


def test_every_non_linearity_of_lenet_is_seen():
    pixels, _ = batch(1, 32)
    counts = {
        activation: len(activation_statistics(made("lenet5", activation=activation), pixels))
        for activation in ("scaled_tanh", "relu", "tanh", "sigmoid")
    }
    assert set(counts.values()) == {counts["relu"]}
    assert counts["relu"] > 2


class Enough(BaseException):
    """What a visitor who stops raises: no error."""


def test_progress_rises_to_the_end_and_ends_the_work_forward_and_backward():
    told = []
    layer_gradients(made("plain20_cifar"), *batch(), told.append)
    assert told == sorted(told)
    assert len(told) == 40
    assert told[-1] == 1
    for limit in (0.1, 0.5):

        def stop(share, limit=limit):
            if share > limit:
                raise Enough

        with pytest.raises(Enough):
            layer_gradients(made("plain20_cifar"), *batch(), stop)


def test_progress_of_a_pass_without_gradients():
    told = []
    activation_statistics(made("plain20_cifar"), batch()[0], told.append)
    assert told == pytest.approx([number / 20 for number in range(1, 21)])
