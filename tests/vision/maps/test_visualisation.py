"""Feature visualisation: it climbs, it is repeatable, and it leaves shared networks alone."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from cnnviz.architectures import build
from cnnviz.vision.capture import Place, activation
from cnnviz.vision.maps.visualisation import visualisation
from cnnviz.vision.prediction import network_input

PLACE = Place("stages.1.0.relu1")


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return build("resnet20_cifar").requires_grad_(False)


def state(network):
    hooks = [len(m._forward_hooks) + len(m._forward_pre_hooks) for m in network.modules()]
    training = [module.training for module in network.modules()]
    frozen = [(p.requires_grad, p.grad is None) for p in network.parameters()]
    return hooks, training, frozen, [tensor.clone() for tensor in network.state_dict().values()]


def same(before, after):
    return before[:3] == after[:3] and all(map(torch.equal, before[3], after[3]))


@pytest.mark.parametrize(
    "place",
    [Place("stem.conv"), PLACE, Place("stages.1.0.relu2", 0), Place("stages.2.2.relu2")],
)
def test_the_map_rises_well_above_its_start(network, place):
    for channel in (0, 7):
        shown = visualisation(network, place, channel, steps=48)
        assert (shown.picture.shape, shown.picture.dtype) == ((32, 32, 3), np.uint8)
        assert (shown.curve.shape, shown.curve.dtype) == ((49,), np.float32)
        assert shown.curve[-1] > 1.5 * shown.curve[:3].mean()


def test_the_image_excites_the_map_more_than_noise_and_greys(network):
    from PIL import Image

    shown = visualisation(network, PLACE, 3, steps=64)

    def mean(pixels):
        image = network_input(network.spec, Image.fromarray(pixels))
        return float(activation(network, PLACE, image)[0, 3].mean())

    reached = mean(shown.picture)
    np.testing.assert_allclose(reached, shown.curve[-1], rtol=0.02)  # rounded to 8 bits
    noise = np.random.default_rng(0).integers(0, 255, (32, 32, 3), np.uint8)
    assert reached > mean(noise)  # of the strongest contrast
    assert reached > 3 * mean(np.full_like(noise, 128))
    weak = (128 + (noise - 128.0) * shown.picture.std() / noise.std()).astype(np.uint8)
    assert reached > 1.3 * mean(weak)  # of the same contrast


def test_an_inactive_map_is_activated(network):
    copy = build("resnet20_cifar").requires_grad_(False)
    copy.load_state_dict(network.state_dict())
    copy.stages[1][0].norm1.bias[5] = -0.3
    shown = visualisation(copy, PLACE, 5, steps=48)
    assert shown.curve[0] < 0.05
    assert shown.curve[-1] > 0.2


def test_a_seed_gives_one_image_and_another_seed_another(network):
    torch.manual_seed(3)
    before = torch.get_rng_state()
    first, again, other = (visualisation(network, PLACE, 1, steps=6, seed=s) for s in (4, 4, 5))
    np.testing.assert_array_equal(first.picture, again.picture)
    np.testing.assert_array_equal(first.curve, again.curve)
    assert (first.picture != other.picture).any()
    assert torch.equal(before, torch.get_rng_state())


def test_progress_and_previews_are_reported(network):
    told, shown = [], []
    visualisation(network, PLACE, 1, steps=20, progress=told.append, show=shown.append)
    assert told == [pytest.approx((step + 1) / 20) for step in range(20)]
    assert [preview.shape for preview in shown] == [(32, 32, 3)] * 3
    assert (shown[0] != shown[2]).any()


def test_a_stop_leaves_the_network_as_it_was(network):
    class Stopped(BaseException):
        pass

    def stop(share):
        if share > 0.3:
            raise Stopped

    before = state(network)
    with pytest.raises(Stopped):
        visualisation(network, PLACE, 1, steps=10, progress=stop)
    assert same(before, state(network))
    visualisation(network, PLACE, 1, steps=2)
    assert same(before, state(network))
    assert sum(state(network)[0]) == 0


def test_four_threads_on_one_network_find_what_each_finds_alone(network):
    jobs = [(PLACE, 1), (Place("stages.0.1.conv2"), 2), (Place("stages.2.0.relu2"), 3), (PLACE, 4)]

    def run(job):
        return visualisation(network, *job, steps=8, seed=job[1])

    alone = [run(job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(run, jobs * 2))
    for expected, shared in zip(alone * 2, together, strict=True):
        np.testing.assert_array_equal(expected.picture, shared.picture)
        np.testing.assert_array_equal(expected.curve, shared.curve)
    assert sum(state(network)[0]) == 0


def test_other_threads_see_nothing_of_it(network):
    """A gradient that another thread takes meanwhile is that of a plain ReLU."""
    from cnnviz.vision.cam.pixel_gradient import pixel_gradient

    image = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    alone = pixel_gradient(network, image, 3)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(visualisation, network, PLACE, 1, 40)
        while not running.done():
            assert torch.equal(pixel_gradient(network, image, 3), alone)
        running.result()


def test_a_network_for_grey_images_gives_greys():
    torch.manual_seed(0)
    network = build("lenet5").requires_grad_(False)
    shown = visualisation(network, Place("stages.1.c3"), 2, steps=24)
    assert shown.picture.shape == (32, 32, 3)
    assert (shown.picture == shown.picture[:, :, :1]).all()
    assert shown.picture.std() > 1
    assert shown.curve[-1] > shown.curve[0]


def test_bad_input_is_one_sentence(network):
    with pytest.raises(ValueError, match=r"must be a map of stem\.conv, .* received 16"):
        visualisation(network, Place("stem.conv"), 16)
    with pytest.raises(ValueError, match=r"must be a map of head\.linear"):
        visualisation(network, Place("head.linear"), 0)
    with pytest.raises(KeyError, match=r"stem\.nothing is no layer"):
        visualisation(network, Place("stem.nothing"), 0)


def test_an_activation_beyond_float32_is_reported(network):
    copy = build("resnet20_cifar").requires_grad_(False)
    copy.load_state_dict(network.state_dict())
    copy.stem.norm.weight.fill_(3e38)
    with pytest.raises(OverflowError, match="Choose an earlier layer or trained weights"):
        visualisation(copy, Place("stages.0"), 0)
