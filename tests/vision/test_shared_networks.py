"""What is measured on a photo leaves the shared network as it was, also when it is ended."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from cnnviz.architectures import specify
from cnnviz.vision.cam.deletion import deletion_insertion
from cnnviz.vision.cam.occlusion import occluded_probability, occlusion_map
from cnnviz.vision.cam.road import road
from cnnviz.vision.cam.sanity import randomised_maps
from cnnviz.vision.forward_pass import forward_pass
from cnnviz.vision.prediction import many_probabilities
from cnnviz.weights.loading import random_network

MAP = np.random.default_rng(0).random((32, 32), np.float32)


def image():
    return torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def sanity(method):
    def work(network, progress):
        passed = forward_pass(network, image())
        return [
            step.map
            for step in randomised_maps(network, passed, 1, "stages.2", method, progress=progress)
        ]

    return work


def curves(network, progress):
    result = deletion_insertion(network, image(), 1, MAP, 4, progress, random_orders=1)
    return [result.by_map.deletion, result.at_random.insertion]


WORK = {
    "deletion and insertion": curves,
    "road": lambda network, progress: road(network, image(), 1, MAP, (50,), progress),
    "sanity, grad-cam": sanity("grad-cam"),
    "sanity, guided-backprop": sanity("guided-backprop"),
    "occlusion": lambda network, progress: occlusion_map(network, image(), 1, 8, 8, progress),
    "batch": lambda network, progress: many_probabilities(
        network, 20, lambda some: image().repeat(some.stop - some.start, 1, 1, 1), progress
    ),
}


@pytest.fixture
def network():
    return random_network(specify("resnet20_cifar"), 0).requires_grad_(False)


def state(network):
    """Whatever a careless function could leave behind."""
    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return {
        "weights": {name: tensor.clone() for name, tensor in network.state_dict().items()},
        "places": {name: tensor.data_ptr() for name, tensor in network.state_dict().items()},
        "gradients": [(p.requires_grad, p.grad) for p in network.parameters()],
        "modes": [module.training for module in network.modules()],
        "classes": [type(module) for module in network.modules()],
        "hooks": [len(getattr(m, kind)) for m in network.modules() for kind in hooks],
    }


def require_untouched(network, before):
    after = state(network)
    weights, old = after.pop("weights"), before.pop("weights")
    assert all(torch.equal(weights[name], old[name]) for name in old)
    assert after == before


@pytest.mark.parametrize("name", WORK)
def test_success_leaves_it_as_it_was(network, name):
    before, grad_mode = state(network), torch.is_grad_enabled()
    told = []
    WORK[name](network, told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
    require_untouched(network, before)
    assert torch.is_grad_enabled() == grad_mode


class Stopped(BaseException):
    pass


@pytest.mark.parametrize("error", [ValueError, Stopped])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("name", WORK)
def test_an_exception_of_progress_cancels_and_restores_the_network(network, name, late, error):
    before, told = state(network), []

    def progress(share):
        told.append(share)
        if not late or share > 0.6:
            raise error

    with pytest.raises(error):
        WORK[name](network, progress)
    assert told[:-1] == [share for share in told if share <= 0.6 and late]
    require_untouched(network, before)
    assert torch.is_grad_enabled()


def test_a_single_patch_leaves_it_as_it_was(network):
    before = state(network)
    occluded_probability(network, image(), 1, 4, 4, 8)
    require_untouched(network, before)


def test_many_threads_share_one_network(network):
    """All kinds at once: each gets what it gets alone (ROAD, which draws noise, left out)."""
    jobs = [name for name in WORK if name != "road"] * 4
    alone = {name: WORK[name](network, lambda share: None) for name in set(jobs)}
    before = state(network)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda name: WORK[name](network, lambda share: None), jobs))
    for name, result in zip(jobs, results, strict=True):
        np.testing.assert_allclose(np.stack(result), np.stack(alone[name]), atol=1e-5)
    require_untouched(network, before)
