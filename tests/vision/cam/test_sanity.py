"""Maps of networks that lose their weights, from the head down."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from cnnviz.architectures import specify
from cnnviz.images.opening import open_image
from cnnviz.images.samples import sample_images
from cnnviz.vision.cam.class_activation import class_maps
from cnnviz.vision.cam.pixel_order import rank_correlation
from cnnviz.vision.cam.sanity import randomised_maps
from cnnviz.vision.forward_pass import forward_pass, parts
from cnnviz.vision.prediction import network_input
from cnnviz.weights.loading import load_network, private_copy, random_network
from cnnviz.weights.sources import sources

LAYER = "stages.2"


@pytest.fixture(scope="module")
def network():
    return random_network(specify("resnet20_cifar"), 0).requires_grad_(False)


@pytest.fixture(scope="module")
def passed(network):
    image = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    return forward_pass(network, image)


def test_the_parts_lose_their_weights_from_the_head_down(network, passed):
    steps = randomised_maps(network, passed, 3, LAYER)
    order = ["head", "stages.2", "stages.1", "stages.0", "stem"]
    assert [step.random_parts for step in steps] == [tuple(order[:n]) for n in range(6)]
    assert steps[0].correlation == 1
    np.testing.assert_array_equal(
        steps[0].map, class_maps(network, passed, 3, [LAYER], "grad-cam")[LAYER].values
    )


def test_each_map_is_that_of_a_network_built_so(network, passed):
    """Another way to the same network: all tensors of the random parts copied by their names."""
    steps = randomised_maps(network, passed, 3, LAYER, seed=5)
    rng = random_network(network.spec, 5).state_dict()
    for step in steps[1:]:
        mixed = {
            name: rng[name] if name.startswith(step.random_parts) else tensor
            for name, tensor in network.state_dict().items()
        }
        other = random_network(network.spec, 9)
        other.load_state_dict(mixed)
        other.requires_grad_(False)
        expected = class_maps(other, forward_pass(other, passed.image), 3, [LAYER])[LAYER].values
        np.testing.assert_allclose(step.map, expected, atol=1e-6)


def test_the_last_one_knows_nothing_of_the_network(network, passed):
    other = random_network(network.spec, 77).requires_grad_(False)
    ours = randomised_maps(network, passed, 3, LAYER)[-1]
    theirs = randomised_maps(other, forward_pass(other, passed.image), 3, LAYER)[-1]
    np.testing.assert_array_equal(ours.map, theirs.map)


def test_grad_cam_follows_the_weights_and_guided_backpropagation_hardly_does(test_data):
    """Adebayo et al. 2018, figure 2: the point of the check."""
    spec = specify("squeezenet1_1")
    source = next(s for s in _sources(test_data) if s.kind == "file")
    network = load_network(spec, source)
    photo = open_image(sample_images()[0].path)
    passed = forward_pass(network, network_input(spec, photo))
    top = int(passed.logits.argmax())

    def mean_correlation(method):
        steps = randomised_maps(network, passed, top, "stages.2", method)
        return np.mean([step.correlation for step in steps[1:]])

    assert mean_correlation("grad-cam") < 0.5 < mean_correlation("guided-backprop")


def _sources(test_data):
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CNNVIZ_WEIGHTS", str(test_data / "weights"))
        return sources("squeezenet1_1")


def test_the_copy_shares_tensors_until_they_are_random(network):
    copy = private_copy(network)
    own = dict(parts(copy))["head"]
    own.load_state_dict(random_network(network.spec, 3).head.state_dict(), assign=True)
    assert copy.stem.conv.weight.data_ptr() == network.stem.conv.weight.data_ptr()
    assert not copy.head.linear.weight.requires_grad
    assert not torch.equal(copy.head.linear.weight, network.head.linear.weight)


@pytest.mark.parametrize("seed", range(3))
def test_the_rank_correlation_is_scipys(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 5, (9, 9)), rng.random((9, 9))
    assert rank_correlation(a, b) == pytest.approx(spearmanr(a.ravel(), b.ravel()).statistic)
    assert rank_correlation(a, -a) == pytest.approx(-1)
    assert np.isnan(rank_correlation(a, np.zeros((9, 9))))


def test_an_unknown_layer_is_named(network, passed):
    with pytest.raises(KeyError, match=r"stages\.9 is no layer"):
        randomised_maps(network, passed, 3, "stages.9")
