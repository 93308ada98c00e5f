"""What lives in a forward pass, against torch's profiler and by hand."""

import pytest
import torch
from torch.profiler import profile

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.living import living_bytes
from cnnviz.analysis.memory import footprint
from cnnviz.architectures import build, specify

BATCH = 2


def measured_peak(network, images):
    """Bytes at the peak on this machine, the images' among them.

    Of a convolution only what it leaves counts: processors make copies of its input and output in
    an order of their own.
    """
    with torch.inference_mode():
        network(images)
        with profile(profile_memory=True) as profiled:
            network(images)
    events = sorted(profiled.profiler.kineto_results.events(), key=lambda event: event.start_ns())
    now = peak = images.nbytes
    busy_until = 0
    for event in events:
        if event.start_ns() > busy_until:
            peak = max(peak, now)
        if event.name() == "[memory]":
            now += event.nbytes()
        elif event.name() == "aten::convolution":
            busy_until = event.start_ns() + event.duration_ns()
    return max(peak, now)


@pytest.mark.parametrize(
    ("name", "resolution"),
    [
        ("lenet5", 32),
        ("alexnet", 224),
        ("vgg11_lrn", 64),
        ("nin_cifar", 32),
        ("googlenet", 128),
        ("highway19_cifar", 32),
        ("inception_v3", 128),
        ("resnet20_cifar", 32),
        ("resnet50", 224),
        ("squeezenet1_1", 64),
        ("preact_resnet110_cifar", 32),
        ("wide_resnet16_4_cifar", 32),
        ("fractalnet21_cifar", 32),
        ("densenet121", 64),
    ],
)
def test_the_profiler_measures_what_lives(name, resolution):
    network = build(name)
    images = torch.zeros(BATCH, network.spec.in_channels, resolution, resolution)
    computed = footprint(network_graph(network, resolution)).memory(BATCH).activations
    assert computed == pytest.approx(measured_peak(network, images), rel=0.002)


@pytest.mark.parametrize(
    ("name", "resolution", "numbers"),
    [
        # The image, and the two largest neighbours: a convolution's input and output.
        ("vgg16", 224, 3 * 224 * 224 + 2 * 64 * 224 * 224),
        # The image; what the network's stages, a stage and a block read; the residual, the sum.
        ("resnet20_cifar", 32, 3 * 32 * 32 + 5 * 16 * 32 * 32),
    ],
)
def test_what_lives_by_hand(name, resolution, numbers):
    assert footprint(network_graph(specify(name), resolution)).living == 4 * numbers


def test_views_and_weights_are_not_counted_twice():
    with torch.device("meta"):
        layers = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 5))
        assert living_bytes(layers, torch.empty(1, 3, 2, 2)) == 4 * (12 + 5)
