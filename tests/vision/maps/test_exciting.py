"""What excites maps most: against a plain loop."""

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.architectures import build
from cnnviz.images import Collection, Picture
from cnnviz.images.opening import ImageError
from cnnviz.vision.capture import Place
from cnnviz.vision.maps import exciting
from cnnviz.vision.maps.exciting import exciting_images, exciting_places
from cnnviz.vision.prediction import network_input


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return build("resnet20_cifar").requires_grad_(False)


def picture(position):
    values = np.random.default_rng(position).integers(0, 255, (40, 50, 3), np.uint8)
    return Image.fromarray(values).resize((50 + position, 40), Image.Resampling.BICUBIC)


def collection(count, broken=()):
    def opened(position):
        if position in broken:
            raise ImageError("The picture is damaged.")
        return picture(position)

    names = tuple(Picture(f"picture {number}") for number in range(count))
    return Collection(("test", count, broken), "test pictures", names, opened)


def hooks(network):
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in network.modules())


def test_the_place_of_the_largest_value():
    maps = np.zeros((3, 4, 5), np.float32)
    maps[0, 2, 3], maps[1] = 7, -1
    maps[1, 3, 4], maps[2, 1, 0], maps[2, 3, 2] = -0.5, 2, 2
    places = exciting_places(maps)
    assert places.values.tolist() == [7, -0.5, 2]
    assert places.rows.tolist() == [2, 3, 1]
    assert places.columns.tolist() == [3, 4, 0]


@pytest.mark.parametrize(
    "place", [Place("stages.1.0.relu1"), Place("stages.1.0.relu2", 0), Place("stem.conv")]
)
def test_largest_activations_equal_a_plain_loop(network, place):
    from cnnviz.vision.capture import recorded

    count, positions = 21, [0, 1, 2, 3, 5, 7, 8, 11, 12, 13, 17, 20]
    activations = exciting_images(network, place, collection(count), positions)
    assert activations.positions.tolist() == positions
    for row, position in enumerate(positions):
        with torch.no_grad(), recorded(network, [place]) as maps:
            network(network_input(network.spec, picture(position)))
        for channel, values in enumerate(maps[place][0].numpy()):
            np.testing.assert_allclose(activations.values[row, channel], values.max(), atol=1e-5)
            at = values[activations.rows[row, channel], activations.columns[row, channel]]
            np.testing.assert_allclose(at, values.max(), atol=1e-5)
    for channel in range(activations.values.shape[1]):
        column = activations.values[:, channel]
        best = activations.best(channel, 4)
        assert column[best].tolist() == [v for v in sorted(column, reverse=True)[:4] if v > 0]
    assert hooks(network) == 0


def test_unreadable_images_are_reported_and_left_out(network):
    told = []
    activations = exciting_images(
        network, Place("stem.conv"), collection(20, (0, 9)), progress=told.append
    )
    assert activations.unreadable == (
        ("picture 0", "The picture is damaged."),
        ("picture 9", "The picture is damaged."),
    )
    assert activations.positions.tolist() == [p for p in range(20) if p not in (0, 9)]
    assert len(activations.values) == 18
    assert told == [8 / 20, 16 / 20, 1]
    with pytest.raises(ValueError, match=r"can be opened; The picture is damaged\."):
        exciting_images(network, Place("stem.conv"), collection(2, (0, 1)))


def test_maps_that_nothing_excites_have_no_images(network):
    seen = exciting_images(network, Place("stages.1.0.relu1"), collection(3))
    silent = exciting.ExcitingImages(
        np.zeros_like(seen.values),
        seen.rows,
        seen.columns,
        seen.positions,
        (),
    )
    assert silent.best(0) == []


def test_nothing_behind_the_layer_is_run(network):
    def never(module, args):
        raise AssertionError("ran too far")

    handle = network.stages[1][0].conv2.register_forward_pre_hook(never)
    try:
        exciting_images(network, Place("stages.1.0.relu1"), collection(2))
    finally:
        handle.remove()


def test_an_exception_of_progress_cancels_and_removes_the_hooks(network):
    class Stopped(BaseException):
        pass

    def stop(share):
        raise Stopped

    with pytest.raises(Stopped):
        exciting_images(network, Place("stem.conv"), collection(20), progress=stop)
    assert hooks(network) == 0


def test_a_layer_without_maps_is_refused(network):
    with pytest.raises(ValueError, match=r"feature maps .* received head\.linear"):
        exciting_images(network, Place("head.linear"), collection(2))
