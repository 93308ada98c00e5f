"""Methods leave the network as it was, also when they are stopped or share it with others."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from cnnviz.vision.cam.class_activation import class_activation
from cnnviz.vision.cam.methods import METHODS
from cnnviz.weights.loading import private_copy
from tests.vision.cam.small import CLASS, QUICK, drawn, image


def state(network):
    """Whatever a request may not change."""
    return (
        sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in network.modules()),
        [m.training for m in network.modules()],
        [p.requires_grad for p in network.parameters()],
        [p.grad is None for p in network.parameters()],
        [id(m) for m in network.modules()],
        [float(p.detach().double().sum()) for p in network.parameters()],
    )


class PageClosedError(BaseException):
    """What Streamlit raises in a script whose visitor has left is no Exception either."""


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_left_behind(method):
    network = drawn("resnet20_cifar")
    before = state(network)
    class_activation(network, image(), CLASS, ["stages.2"], method)
    assert state(network) == before
    with pytest.raises(ValueError, match="from 0 to 9; received 10"):
        class_activation(network, image(), 10, ["stages.2"], method)
    with pytest.raises(KeyError, match=r"stages\.7 is no layer"):
        class_activation(network, image(), CLASS, ["stages.7"], method)
    with pytest.raises(RuntimeError):
        class_activation(network, torch.zeros(1, 5, 32, 32), CLASS, ["stages.2"], method)
    assert state(network) == before

    def leave(module, args):
        raise PageClosedError

    handle = network.stages[2][1].register_forward_pre_hook(leave)
    with pytest.raises(PageClosedError):
        class_activation(network, image(), CLASS, ["stages.1.0.conv1"], method)
    handle.remove()
    assert state(network) == before


@pytest.mark.parametrize("method", ["scorecam", "ablationcam"])
def test_a_slow_method_can_be_stopped(method):
    network = drawn("resnet20_cifar")
    before, told = state(network), []

    def stop(share):
        told.append(share)
        raise PageClosedError

    with pytest.raises(PageClosedError):
        class_activation(network, image(), CLASS, ["stages.1"], method, stop)
    assert len(told) == 1
    assert state(network) == before


def test_eight_threads_share_two_networks():
    """200 requests, mixed methods and layers: no map is another request's."""
    networks = [
        drawn("resnet20_cifar"),
        drawn("densenet40_k12_cifar", stage1_layers=6, stage2_layers=6, stage3_layers=6),
    ]
    before = [state(network) for network in networks]
    methods = [*QUICK, "cam", "guided-backprop", "saliency"]
    layers = ("stages.2", "stages.0", "stages.1")
    kinds = list(itertools.product(range(2), methods, layers))
    jobs = list(itertools.islice(itertools.cycle(kinds), 200))
    alone = {}
    for which, method, layer in kinds:
        own, x = private_copy(networks[which]), image(seed=which)
        alone[which, method, layer] = class_activation(own, x, CLASS, [layer], method).maps[layer]

    def difference(job):
        which, method, layer = job
        x = image(seed=which)
        activation = class_activation(networks[which], x, CLASS, [layer], method).maps[layer]
        return float(abs(activation - alone[job]).max())

    with ThreadPoolExecutor(8) as pool:
        wrong = [value for value in pool.map(difference, jobs) if value > 1e-4]
    assert len(jobs) == 200
    assert not wrong
    assert [state(network) for network in networks] == before
