"""Networks in whatever state their owners have them, explained and left as they were."""

import copy
import os

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

import cnnviz


def network(seed=0):
    """With running statistics that are not those of a new network."""
    torch.manual_seed(seed)
    network = cnnviz.build("resnet20_cifar").train()
    with torch.no_grad():
        network(torch.randn(8, 3, 32, 32))
    return network.eval()


@pytest.fixture(scope="module")
def photo():
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (50, 60, 3), np.uint8))


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "resnet20_cifar.safetensors"
    save_file(network(1).state_dict(), path)
    return path


def hooked(network):
    network.stages[0].register_forward_hook(lambda module, args, output: None)
    return network


def half_frozen(network):
    network.stem.requires_grad_(False)
    network.stages[1].eval()
    return network


def double_headed(network):
    network.half().head.double()
    return network


def in_inference_mode(network):
    with torch.inference_mode():
        return copy.deepcopy(network)


STATES = {
    "eval": lambda n: n,
    "train": lambda n: n.train(),
    "partly frozen, partly in training mode": lambda n: half_frozen(n.train()),
    "half": lambda n: n.half(),
    "bfloat16": lambda n: n.bfloat16().train(),
    "double": lambda n: n.double().train(),
    "half with a double head": double_headed,
    "wrapped": lambda n: nn.DataParallel(n.train()),
    "compiled": lambda n: torch.compile(n.train()),
    "with a hook": hooked,
    "made in inference mode": in_inference_mode,
}
FUNCTIONS = {
    "class_activation_map": lambda n, photo, file: cnnviz.class_activation_map(n, photo, 3),
    "summary": lambda n, photo, file: cnnviz.summary(n),
    "load_weights": lambda n, photo, file: cnnviz.load_weights(n, file),
}
OTHERS = {"Network", "Summary", "build", "open_image", "variants"}  # they are given no network


def test_every_public_function_is_looked_at():
    """Somebody adds a public function: it is guarded like the others, or takes no network."""
    assert set(cnnviz.__all__) - OTHERS == set(FUNCTIONS)


def state(network, weights=True):
    """Whatever the owner of a network may not find changed."""
    tensors = [*network.named_parameters(), *network.named_buffers()]
    return {
        "modules": [id(module) for module in network.modules()],
        "modes": [module.training for module in network.modules()],
        "kept": [(name, id(x), x.dtype, x.device, x.requires_grad) for name, x in tensors],
        "gradients": [x.grad is None for _, x in tensors],
        "hooks": [
            [len(hooks) for name, hooks in vars(module).items() if "_hooks" in name]
            for module in network.modules()
        ],
        "numbers": [x.detach().double().sum().item() for _, x in tensors] if weights else None,
    }


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_network_is_left_as_it_was(function, name, photo, file):
    """Somebody asks about a network that they are training, or in half precision: it stays so."""
    given, keeps_weights = STATES[name](network()), function != "load_weights"
    before = state(given, keeps_weights)
    FUNCTIONS[function](given, photo, file)
    assert state(given, keeps_weights) == before


@pytest.mark.parametrize("name", STATES)
def test_the_map_is_that_of_the_network_in_eval_mode(name, photo):
    """Somebody explains a network in any mode and precision: the map is that of eval mode."""
    expected = cnnviz.class_activation_map(network(), photo, 3)
    assert 0.01 < expected.mean() < 0.99
    values = cnnviz.class_activation_map(STATES[name](network()), photo, 3)
    assert (values.dtype, values.max()) == (np.float32, 1)
    tolerance = 0.05 if "16" in name or "half" in name else 1e-4
    np.testing.assert_allclose(values, expected, atol=tolerance)


@pytest.mark.parametrize("name", ["train", "half", "double"])
def test_loaded_weights_are_in_the_networks_own_precision(name, file):
    """Somebody loads weights into a network in half precision: the weights become half."""
    given = STATES[name](network())
    cnnviz.load_weights(given, file)
    wanted = network(1).stem.conv.weight.to(given.stem.conv.weight.dtype)
    torch.testing.assert_close(given.stem.conv.weight, wanted, rtol=0, atol=0)


@pytest.mark.parametrize(
    "context",
    [torch.inference_mode, torch.no_grad, lambda: torch.autocast("cpu", torch.bfloat16)],
)
def test_the_map_is_the_same_in_every_context(context, photo):
    """Somebody evaluates without gradients or under autocast, and asks for a map there."""
    expected, given = cnnviz.class_activation_map(network(), photo, 3), network().train()
    with context():
        values = cnnviz.class_activation_map(given, photo, 3)
        tensor = torch.zeros(1, 3, 32, 32)
        assert cnnviz.class_activation_map(given, tensor, 3).shape == (32, 32)
    np.testing.assert_allclose(values, expected, atol=1e-4)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float64])
def test_an_image_may_have_another_precision(dtype):
    """Somebody prepares the image in another precision than the network's: it is taken."""
    image = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0)).to(dtype)
    expected = cnnviz.class_activation_map(network(), image.float(), 3)
    values = cnnviz.class_activation_map(network(), image, 3)
    np.testing.assert_allclose(values, expected, atol=1e-4)


@pytest.mark.parametrize("method", ["grad-cam", "eigencam", "cam", "saliency", "scorecam"])
def test_a_fine_tuned_network_is_explained(method, photo):
    """Somebody gave the network a head for two classes: it is explained by every method."""
    given = network().train()
    given.head.linear = nn.Linear(64, 2)
    values = cnnviz.class_activation_map(given, photo, 1, "stages.1", method)
    assert values.shape == (32, 32)
    with pytest.raises(ValueError, match="class_index must be from 0 to 1; received 2"):
        cnnviz.class_activation_map(given, photo, 2)


def partly_on_meta(network):
    network.head.to("meta")
    return network


def with_integers(network):
    weight = torch.zeros(10, 64, dtype=torch.int8)
    network.head.linear.weight = nn.Parameter(weight, requires_grad=False)
    return network


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (lambda n: n.to("meta"), ValueError, "network must have weights; received one on the meta"),
        (partly_on_meta, ValueError, "network must have weights; received one on the meta device"),
        (with_integers, ValueError, "network must have real weights; received torch.int8."),
        (lambda n: nn.Linear(3, 3), TypeError, "must be made by cnnviz.build; received a Linear"),
        (lambda n: None, TypeError, "must be made by cnnviz.build; received a NoneType."),
    ],
)
def test_what_cannot_be_explained_is_one_sentence(change, error, sentence, photo):
    """Somebody asks for the map of a network without weights: one sentence says so."""
    with pytest.raises(error, match=sentence):
        cnnviz.class_activation_map(change(network()), photo)


@pytest.mark.parametrize(
    "image",
    [
        torch.zeros(1, 3, 32, 32, dtype=torch.uint8),
        torch.zeros(1, 3, 32, 32, device="meta"),
        np.zeros((32, 32, 3)),
    ],
)
def test_what_is_no_image_is_one_sentence(image):
    """Somebody hands over raw bytes as numbers: one sentence says what an image is."""
    with pytest.raises(ValueError, match=r"image must be a photo of cnnviz\.open_image"):
        cnnviz.class_activation_map(network(), image)


def test_a_file_is_loaded_into_no_foreign_module(file):
    """Somebody loads weights into a module of their own: one sentence says what is taken."""
    with pytest.raises(TypeError, match=r"must be made by cnnviz\.build; received a Linear"):
        cnnviz.load_weights(nn.Linear(3, 3), os.fspath(file))
