"""Grad-CAM against pytorch-grad-cam, one layer and many, alone and in a crowd."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from PIL import Image
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

import cnnviz
from cnnviz.vision.cam.class_activation import class_activation

SIDE = 112  # half of the published one: maps are of 4 x 4 in the last stage


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return cnnviz.build("resnet18").requires_grad_(False)


def image(seed):
    return torch.randn(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))


def stretched(values):
    """A map by the library's convention: its minimum is subtracted as well."""
    values = values - values.min()
    return values / values.max()


def oracle(network, image, class_index, layer):
    """pytorch-grad-cam on a copy of the network, with trainable parameters as it wants them."""
    copy = cnnviz.build(network.spec)
    copy.load_state_dict(network.state_dict())
    with GradCAM(copy, [copy.get_submodule(layer)]) as cam:
        return cam(image, [ClassifierOutputTarget(class_index)])[0]


@pytest.mark.parametrize(
    ("variant", "layer"),
    [
        ("resnet18", "stages.3"),
        ("resnet18", "stages.0"),
        ("resnet18", "stages.2.1.conv2"),
        ("squeezenet1_1", "stages.2"),
        ("squeezenet1_1", "stages.1.fire5.expand_3x3"),
        ("vgg11_bn", "stages.4"),
        ("vgg11_bn", "stages.4.conv2"),
    ],
)
def test_equals_pytorch_grad_cam(variant, layer):
    torch.manual_seed(1)
    settings = {"hidden_units": 256} if variant.startswith("vgg") else {}
    network = cnnviz.build(variant, **settings)
    for class_index in (3, 700):
        ours = class_activation(network, image(2), class_index, [layer]).maps[layer]
        theirs = oracle(network, image(2), class_index, layer)
        assert ours.max() == 1
        np.testing.assert_allclose(stretched(ours), theirs, atol=1e-5)


def test_several_layers_in_one_pass_are_each_what_they_are_alone(network):
    layers = ["stages.0", "stages.1", "stages.2", "stages.3", "stages.1.0.conv1"]
    together = class_activation(network, image(3), 9, layers).maps
    assert list(together) == layers
    for layer in layers:
        alone = class_activation(network, image(3), 9, [layer]).maps[layer]
        np.testing.assert_allclose(together[layer], alone, atol=1e-5)


def test_eight_threads_share_one_network(network):
    """200 requests, mixed layers, classes and images: each gets its own map."""
    layers = ["stages.3", "stages.1", "stages.2.0.conv1"]
    jobs = [(seed, 100 * seed, layers[seed % 3]) for seed in range(8)]
    expected = {job: oracle(network, image(job[0]), *job[1:]) for job in jobs}

    def run(job):
        seed, class_index, layer = job
        activation = class_activation(network, image(seed), class_index, [layer]).maps[layer]
        return np.abs(stretched(activation) - expected[job]).max()

    with ThreadPoolExecutor(8) as pool:
        differences = list(pool.map(run, jobs * 25))
    assert max(differences) < 1e-5


def hooks(network):
    return sum(len(module._forward_hooks) for module in network.modules())


def test_nothing_is_left_behind_even_after_an_error(network):
    before = [parameter.requires_grad for parameter in network.parameters()]
    class_activation(network, image(1))
    for arguments in ({"class_index": 1000}, {"layers": ["head.linear"]}):
        with pytest.raises(ValueError, match="must"):
            class_activation(network, image(1), **arguments)
    with pytest.raises(RuntimeError):
        class_activation(network, torch.zeros(1, 5, 32, 32))
    assert hooks(network) == 0
    assert [parameter.requires_grad for parameter in network.parameters()] == before
    assert not network.training
    assert all(parameter.grad is None for parameter in network.parameters())


def test_the_answer_comes_with_the_maps(network):
    activation = class_activation(network, image(4))
    with torch.no_grad():
        expected = network(image(4))[0].softmax(dim=0)
    np.testing.assert_allclose(activation.probabilities, expected, rtol=1e-5)
    assert activation.class_index == expected.argmax()
    assert list(activation.maps) == ["stages.3"]
    values = activation.maps["stages.3"]
    assert (values.shape, values.dtype) == ((SIDE, SIDE), np.float32)
    assert 0 <= values.min() <= values.max() == 1


def test_where_no_region_speaks_for_the_class_the_map_is_zero(network):
    """With the classifier's weights negative, no channel can raise the logit."""
    copy = cnnviz.build("resnet18")
    copy.load_state_dict(network.state_dict())
    torch.nn.init.constant_(copy.head.linear.weight, -1.0)
    values = class_activation(copy, image(5), 0).maps["stages.3"]
    assert values.shape == (SIDE, SIDE)
    assert not values.any()


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"class_index": 1000}, ValueError, "from 0 to 999; received 1000"),
        ({"class_index": -1}, ValueError, "from 0 to 999; received -1"),
        ({"layer": "stages.9"}, KeyError, "stages.9 is no layer of this network"),
        ({"layer": "head.linear"}, ValueError, "feature maps .* received head.linear"),
        ({"method": "jet"}, KeyError, "jet is no method; known are grad-cam"),
    ],
)
def test_bad_input_is_one_sentence(network, arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        cnnviz.class_activation_map(network, image(1), **arguments)


def test_more_than_one_image_is_refused(network):
    with pytest.raises(ValueError, match=r"image must be \(1, C, H, W\); received \(2, 3"):
        class_activation(network, torch.zeros(2, 3, 32, 32))


def test_a_photo_is_prepared_for_the_network(network):
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8))
    assert cnnviz.class_activation_map(network, photo, class_index=1).shape == (224, 224)
    grey = cnnviz.build("resnet20_cifar", in_channels=1)
    assert cnnviz.class_activation_map(grey, photo, class_index=1).shape == (32, 32)
