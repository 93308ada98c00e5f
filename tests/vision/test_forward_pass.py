"""One pass serves every view: what it keeps, what is run again, what it equals."""

from collections import Counter
from contextlib import ExitStack

import pytest
import torch

import cnnviz
from cnnviz.vision.capture import Place
from cnnviz.vision.forward_pass import activations, forward_pass, gradients, parts

VARIANTS = (
    *("resnet20_cifar", "densenet40_k12_cifar", "nin_cifar", "highway19_cifar"),
    *("dsn_cifar", "wide_resnet16_4_cifar", "lenet5", "squeezenet1_1", "fractalnet21_cifar"),
)


def drawn(variant):
    torch.manual_seed(0)
    return cnnviz.build(variant).requires_grad_(False)


def image_for(network):
    side = network.spec.fixed_resolution or (64 if network.spec.variant == "squeezenet1_1" else 32)
    generator = torch.Generator().manual_seed(1)
    return torch.randn(1, network.spec.in_channels, side, side, generator=generator)


def by_plain_hooks(network, image):
    """The output of every module that runs and the first input of each."""
    outputs, inputs = {}, {}

    def record(name):
        def hook(module, args, output):
            outputs[name], inputs[name] = output.clone(), args[0].clone()

        return hook

    with ExitStack() as hooks, torch.no_grad():
        for name, module in network.named_modules():
            hooks.callback(module.register_forward_hook(record(name)).remove)
        network(image)
    return outputs, inputs


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_forward_pass_equals_the_networks_own(variant):
    network = drawn(variant)
    image = image_for(network)
    passed = forward_pass(network, image)
    with torch.no_grad():
        logits = network(image)[0]
    torch.testing.assert_close(passed.logits, logits)
    assert passed.probabilities.sum() == pytest.approx(1, abs=1e-5)
    outputs, inputs = by_plain_hooks(network, image)
    names = [name for name in outputs if name]
    places = [Place(name) for name in names] + [Place(name, 0) for name in names[::3]]
    result = activations(network, passed, places)
    assert list(result) == places
    for place, value in result.items():
        expected = (outputs if place.input_index is None else inputs)[place.layer]
        torch.testing.assert_close(value, expected, msg=str(place))


def calls(network):
    """Counts how often each part runs."""
    counted, handles = Counter(), []
    for name, part in parts(network):
        handles.append(
            part.register_forward_hook(lambda m, i, o, name=name: counted.update([name]))
        )
    return counted, handles


def test_only_the_parts_that_are_needed_run_again():
    network = drawn("resnet20_cifar")
    passed = forward_pass(network, image_for(network))
    counted, handles = calls(network)
    activations(network, passed, [Place("stem"), Place("stages.2"), Place("head")])
    assert not counted, "what is kept is at hand"
    activations(network, passed, [Place("stages.1.0.conv1"), Place("stages.1.2.relu2")])
    assert counted == {"stages.1": 1}
    counted.clear()
    gradients(network, passed, 3, ["stages.2"])
    assert counted == {"head": 1}
    counted.clear()
    gradients(network, passed, 3, ["stages.0", "stages.1", "stages.2"])
    assert counted == {"stages.1": 1, "stages.2": 1, "head": 1}
    for handle in handles:
        handle.remove()


@pytest.mark.parametrize("variant", ["resnet20_cifar", "densenet40_k12_cifar", "squeezenet1_1"])
def test_gradients_are_autograds(variant):
    network = drawn(variant)
    image = image_for(network)
    passed = forward_pass(network, image)
    layers = [f"stages.{i}" for i in range(len(network.stages))]
    slopes = gradients(network, passed, 2, layers)
    for index, layer in enumerate(layers):
        leaf = passed.outputs[layer].clone().requires_grad_()
        x = leaf
        for stage in network.stages[index + 1 :]:
            x = stage(x)
        (expected,) = torch.autograd.grad(network.head(x)[0, 2], leaf)
        activation, slope = slopes[layer]
        torch.testing.assert_close(activation, passed.outputs[layer])
        torch.testing.assert_close(slope, expected, rtol=1e-4, atol=1e-6)


def test_a_layer_that_nothing_reads_has_no_gradient():
    """Of two layers in one stage the later one does not cut the earlier one off."""
    network = drawn("resnet20_cifar")
    passed = forward_pass(network, image_for(network))
    slopes = gradients(network, passed, 1, ["stages.0.0.conv1", "stages.0", "stages.2.2.conv2"])
    assert all(slope.abs().sum() > 0 for _, slope in slopes.values())


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda n, p: activations(n, p, [Place("stages.9")]), KeyError, "stages.9 is no layer"),
        (lambda n, p: gradients(n, p, 10, ["stages.2"]), ValueError, "from 0 to 9; received 10"),
        (lambda n, p: gradients(n, p, 0, ["head.linear"]), ValueError, "must give feature maps"),
        (lambda n, p: forward_pass(n, torch.zeros(2, 3, 32, 32)), ValueError, r"\(1, C, H, W\)"),
    ],
)
def test_bad_input_is_one_sentence(call, error, words):
    network = drawn("resnet20_cifar")
    passed = forward_pass(network, image_for(network))
    with pytest.raises(error, match=words):
        call(network, passed)


def test_an_auxiliary_head_does_not_run():
    network = cnnviz.build("dsn_cifar").requires_grad_(False)
    head = next(name for name, _ in network.named_modules() if name.startswith("auxiliary."))
    passed = forward_pass(network, image_for(network))
    with pytest.raises(ValueError, match="must be one that the network runs"):
        activations(network, passed, [Place(head)])
