"""Memory against what autograd really keeps of a network on the CPU."""

import pytest
import torch
from torch.autograd.graph import saved_tensors_hooks

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.kinds import kept
from cnnviz.analysis.memory import GPUS, USABLE, footprint
from cnnviz.architectures import build, specify, variant

BATCH = 2


def without_chance(network):
    """The network in training mode, with every path that it drops at random kept."""
    for module in network.train().modules():
        if hasattr(module, "survival"):
            module.survival = 1.1
        if hasattr(module, "drop_path"):
            module.drop_path = 0.0
        if hasattr(module, "single_column"):
            module.single_column = 0.0
    return network


def really_kept(network, resolution):
    """Bytes of the storages that autograd keeps, without parameters and buffers."""
    weights = {x.untyped_storage().data_ptr() for x in network.parameters()}
    weights |= {x.untyped_storage().data_ptr() for x in network.buffers()}
    kept = {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = (storage.nbytes(), tensor)  # alive, so that the address is its
        return tensor

    image = torch.randn(BATCH, network.spec.in_channels, resolution, resolution)
    with saved_tensors_hooks(keep, lambda tensor: tensor):
        network(image)
    return sum(size for address, (size, _) in kept.items() if address not in weights)


@pytest.mark.parametrize(
    ("name", "settings", "resolution"),
    [
        ("lenet5", {}, 32),
        ("alexnet", {}, 224),
        ("vgg11_lrn", {"hidden_units": 256}, 64),
        ("nin_cifar", {}, 32),
        ("googlenet_aux", {}, 128),
        ("dsn_cifar", {}, 32),
        ("highway19_cifar", {}, 32),
        ("inception_v3", {}, 128),
        ("resnet20_cifar", {}, 32),
        ("resnet50", {}, 64),
        ("squeezenet1_1", {}, 64),
        ("preact_resnet110_cifar", {}, 32),
        ("stochastic_depth110_cifar", {}, 32),
        ("wide_resnet16_4_cifar", {}, 32),
        ("fractalnet21_cifar", {}, 32),
        ("densenet121", {}, 64),
    ],
)
def test_autograd_keeps_exactly_what_is_computed(name, settings, resolution, monkeypatch):
    # A processor keeps dropout's mask as numbers; a graphics card as one byte an element.
    monkeypatch.setattr(kept, "MASK_BYTES", 4)
    network = without_chance(build(name, **settings))
    graph = network_graph(network, resolution)
    assert footprint(graph).memory(BATCH, "SGD").activations == really_kept(network, resolution)


@pytest.mark.parametrize("name", ["lenet5", "resnet20_cifar", "googlenet_aux"])
def test_parameters_and_buffers_are_those_of_the_network(name):
    network = build(name)
    needs = footprint(network_graph(network, variant(name).resolution))
    assert needs.params == sum(x.nbytes for x in network.parameters())
    assert needs.buffers == sum(x.nbytes for x in network.buffers())


def test_parts_by_optimiser():
    graph = network_graph(specify("resnet18"), 224)
    params = 4 * 11_689_512
    parts = {
        name: footprint(graph).memory(8, name) for name in ("SGD", "SGD with momentum", "Adam")
    }
    assert {part.gradients for part in parts.values()} == {params}
    assert [part.optimiser for part in parts.values()] == [0, params, 2 * params]
    inference = footprint(graph).memory(8)
    assert (inference.gradients, inference.optimiser) == (0, 0)
    assert inference.activations == 8 * footprint(graph).memory(1).activations
    assert inference.total == params + inference.buffers + inference.activations


@pytest.mark.parametrize("optimiser", [None, "SGD with momentum", "Adam"])
@pytest.mark.parametrize("name", ["vgg16", "densenet264"])
def test_one_image_more_than_the_largest_batch_does_not_fit(name, optimiser):
    graph = network_graph(specify(name), 224)
    card = GPUS["RTX 3060 12 GB"]
    batch = footprint(graph).largest_batch(card, optimiser)
    assert footprint(graph).memory(batch, optimiser).total <= USABLE * card
    assert footprint(graph).memory(batch + 1, optimiser).total > USABLE * card


def test_a_card_that_is_too_small_takes_no_image():
    assert footprint(network_graph(specify("vgg16"), 224)).largest_batch(1e9, "Adam") == 0


def test_errors():
    graph = network_graph(specify("lenet5"), 32)
    with pytest.raises(ValueError, match="at least 1 image; received 0"):
        footprint(graph).memory(0)
    with pytest.raises(KeyError, match="Lion is no optimiser; known are SGD, SGD with momentum"):
        footprint(graph).memory(1, "Lion")
