"""Small networks and images that the tests of the methods share."""

import torch

import cnnviz
from cnnviz.vision.cam.methods import METHODS

CLASS = 3
QUICK = [name for name in METHODS if not METHODS[name].is_slow and METHODS[name].reads_layer]


def drawn(variant, **settings):
    torch.manual_seed(1)
    return cnnviz.build(variant, **settings).requires_grad_(False)


def image(side=32, seed=0):
    return torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(seed))


def trainable_copy(network):
    copy = cnnviz.build(network.spec)
    copy.load_state_dict(network.state_dict())
    return copy
