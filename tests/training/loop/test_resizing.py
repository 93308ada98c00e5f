from dataclasses import replace

import pytest
import torch

from cnnviz.training.loop.resizing import resized, training_side
from cnnviz.training.loop.state import Training
from cnnviz.training.options import TrainingOptions

OPTIONS = TrainingOptions(epochs=5, batch_size=16, progressive_resizing=True)


@pytest.mark.parametrize(
    ("side", "sides"), [(32, (16, 24, 32)), (28, (16, 20, 28)), (224, (112, 168, 224))]
)
def test_sides_grow_to_the_whole_image(side, sides):
    assert tuple(training_side(side, share) for share in (0.0, 0.3, 0.6)) == sides
    assert training_side(side, 0.29) == sides[0]
    assert training_side(side, 1.0) == side


def test_a_smaller_image_is_smoothed_first():
    board = (torch.arange(32)[:, None] + torch.arange(32)) % 2
    small = resized(board.float().expand(2, 3, 32, 32), 16)
    assert small.shape == (2, 3, 16, 16)
    assert small[:, :, 1:-1, 1:-1].sub(0.5).abs().max() < 0.01
    whole = torch.rand(2, 3, 32, 32)
    assert resized(whole, 32) is whole


def test_the_network_sees_the_sides_of_the_phases(small_data, network_for):
    data = small_data(channels=3)
    network = network_for("nin_cifar", data, width=0.25)
    seen = []
    network.register_forward_pre_hook(lambda _, args: seen.append(args[0].shape[-1]))
    training = Training(network, data, OPTIONS, torch.device("cpu"))
    seen.clear()
    while not training.is_done:
        training.advance()
    steps = len(seen)
    assert seen == sorted(seen)
    assert [seen.count(side) / steps for side in (16, 24, 32)] == pytest.approx(
        [0.3, 0.3, 0.4], abs=1 / steps
    )


def test_tests_are_made_on_whole_images(small_data, network_for):
    data = small_data(channels=3)
    network = network_for("nin_cifar", data, width=0.25)
    training = Training(network, data, OPTIONS, torch.device("cpu"))
    training.advance()
    seen = []
    network.register_forward_pre_hook(lambda _, args: seen.append(args[0].shape[-1]))
    training.test()
    assert set(seen) == {32}


def test_a_network_of_one_size_is_refused(small_data, network_for):
    data = small_data()
    network = network_for("lenet5_full", data)
    with pytest.raises(ValueError, match="progressive_resizing must be off"):
        Training(network, data, OPTIONS, torch.device("cpu"))
    Training(network, data, replace(OPTIONS, progressive_resizing=False), torch.device("cpu"))
