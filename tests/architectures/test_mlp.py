import pytest
import torch

from cnnviz.architectures import build, specify


def meta(**settings):
    with torch.device("meta"):
        return build("mlp", **settings)


def test_a_first_layer_neuron_of_a_megapixel_image_has_three_times_two_to_the_twenty_weights():
    network = meta(resolution=1024, hidden_units=1, hidden_layers=1)
    assert network.stages[0].linear.weight.numel() == 3 * 2**20


def test_the_baseline_counts():
    parameters = sum(p.numel() for p in meta().parameters())
    assert parameters == (3072 * 512 + 512) + (512 * 512 + 512) + (512 * 10 + 10)


@pytest.mark.parametrize(("layers", "stages"), [(0, 0), (1, 1), (4, 4)])
def test_each_hidden_layer_is_a_stage(layers, stages):
    network = meta(hidden_layers=layers)
    assert len(network.stages) == stages
    assert network(torch.empty(2, 3, 32, 32, device="meta")).shape == (2, 10)


def test_it_does_not_know_that_pixels_are_neighbours():
    """The same answer to shuffled pixels, once the first layer's weights are shuffled with them."""
    torch.manual_seed(0)
    network, image, order = build("mlp"), torch.randn(4, 3, 32, 32), torch.randperm(3072)
    expected = network(image)
    first = network.stages[0].linear
    with torch.no_grad():
        first.weight.copy_(first.weight[:, order])
    shuffled = image.flatten(1)[:, order].view_as(image)
    assert network(shuffled).allclose(expected, atol=1e-5)


def test_its_resolution_is_a_hyperparameter():
    assert specify("mlp", resolution=96).fixed_resolution == 96
