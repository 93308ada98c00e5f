"""A layer of each kind in a small network: what tests of the table of layer types go through."""

from collections import OrderedDict
from math import prod

import torch
from torch import nn

from cnnviz.analysis.graph import module_graph
from cnnviz.analysis.kinds import kind_of
from cnnviz.architectures.blocks import Scale
from cnnviz.architectures.lenet import ScaledTanh, Subsampling

BATCH, CHANNELS, SIDE = 3, 4, 12
MAPS = (CHANNELS, SIDE, SIDE)

# A layer of each class in the table, for MAPS; what it makes, and its operations for one image.
ONE_EACH = prod(MAPS)
LAYERS = {
    "Conv2d": (lambda: nn.Conv2d(4, 6, 3, 2, padding=1, groups=2), (6, 6, 6)),
    "ConvTranspose2d": (lambda: nn.ConvTranspose2d(4, 6, 4, 2, padding=1), (6, 24, 24)),
    "Linear": (lambda: nn.Linear(SIDE, 5), (4, 12, 5)),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(4), MAPS),
    "LayerNorm": (lambda: nn.LayerNorm([4, 12, 12]), MAPS),
    "LayerNorm of rows": (lambda: nn.LayerNorm(12), MAPS),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), MAPS),
    "InstanceNorm2d": (lambda: nn.InstanceNorm2d(4), MAPS),
    "LocalResponseNorm": (lambda: nn.LocalResponseNorm(3), MAPS),
    "ReLU": (nn.ReLU, MAPS),
    "ReLU6": (nn.ReLU6, MAPS),
    "Hardtanh": (nn.Hardtanh, MAPS),
    "Hardswish": (nn.Hardswish, MAPS),
    "Hardsigmoid": (nn.Hardsigmoid, MAPS),
    "LeakyReLU": (nn.LeakyReLU, MAPS),
    "PReLU": (nn.PReLU, MAPS),
    "ELU": (nn.ELU, MAPS),
    "SELU": (nn.SELU, MAPS),
    "GELU": (nn.GELU, MAPS),
    "SiLU": (nn.SiLU, MAPS),
    "Mish": (nn.Mish, MAPS),
    "Softplus": (nn.Softplus, MAPS),
    "Tanh": (nn.Tanh, MAPS),
    "Sigmoid": (nn.Sigmoid, MAPS),
    "Softmax": (lambda: nn.Softmax(dim=1), MAPS),
    "Softmax2d": (nn.Softmax2d, MAPS),
    "MaxPool2d": (lambda: nn.MaxPool2d(3, 2, padding=1), (4, 6, 6)),
    "AdaptiveMaxPool2d": (lambda: nn.AdaptiveMaxPool2d(5), (4, 5, 5)),
    "AvgPool2d": (lambda: nn.AvgPool2d(3, 2, padding=1), (4, 6, 6)),
    "AdaptiveAvgPool2d": (lambda: nn.AdaptiveAvgPool2d(5), (4, 5, 5)),
    "AdaptiveAvgPool2d, global": (lambda: nn.AdaptiveAvgPool2d(1), (4, 1, 1)),
    "Upsample": (lambda: nn.Upsample(scale_factor=2), (4, 24, 24)),
    "Upsample, bilinear": (lambda: nn.Upsample(scale_factor=2, mode="bilinear"), (4, 24, 24)),
    "Upsample, bicubic": (lambda: nn.Upsample(scale_factor=2, mode="bicubic"), (4, 24, 24)),
    "ZeroPad2d": (lambda: nn.ZeroPad2d((1, 2, 0, 3)), (4, 15, 15)),
    "ReflectionPad2d": (lambda: nn.ReflectionPad2d(1), (4, 14, 14)),
    "ReplicationPad2d": (lambda: nn.ReplicationPad2d(1), (4, 14, 14)),
    "Dropout": (lambda: nn.Dropout(0.3), MAPS),
    "Dropout, off": (lambda: nn.Dropout(0.0), MAPS),
    "Dropout2d": (lambda: nn.Dropout2d(0.3), MAPS),
    "AlphaDropout": (lambda: nn.AlphaDropout(0.3), MAPS),
    "FeatureAlphaDropout": (lambda: nn.FeatureAlphaDropout(0.3), MAPS),
    "Flatten": (nn.Flatten, (ONE_EACH,)),
    "Unflatten": (lambda: nn.Unflatten(1, (2, 2)), (2, 2, 12, 12)),
    "ScaledTanh": (ScaledTanh, MAPS),
    "Subsampling": (lambda: Subsampling(4), (4, 6, 6)),
    "Scale": (lambda: Scale(0.5), MAPS),
}
ACTIVATIONS = [name for name, (make, _) in LAYERS.items() if kind_of(make()).role == "activation"]
OPERATIONS = {
    "Conv2d": 2 * prod((6, 6, 6)) * 2 * 9 + prod((6, 6, 6)),
    "ConvTranspose2d": 2 * ONE_EACH * 6 * 16 + prod((6, 24, 24)),
    "Linear": 2 * 4 * 12 * 5 * 12 + 4 * 12 * 5,
    "BatchNorm2d": 2 * ONE_EACH,
    "LayerNorm": 7 * ONE_EACH,
    "LayerNorm of rows": 7 * ONE_EACH,
    "GroupNorm": 7 * ONE_EACH,
    "InstanceNorm2d": 5 * ONE_EACH,
    "LocalResponseNorm": (3 + 4) * ONE_EACH,
    "Softmax": 3 * ONE_EACH,
    "Softmax2d": 3 * ONE_EACH,
    "MaxPool2d": 8 * 4 * 6 * 6,
    "AdaptiveMaxPool2d": 4 * (16**2 - 5**2),  # windows of 3, 3, 4, 3 and 3 rows
    "AvgPool2d": 9 * 4 * 6 * 6,
    "AdaptiveAvgPool2d": 4 * 16**2,
    "AdaptiveAvgPool2d, global": ONE_EACH,
    "Upsample, bilinear": 7 * 4 * ONE_EACH,
    "Upsample, bicubic": 31 * 4 * ONE_EACH,
    "ScaledTanh": 3 * ONE_EACH,
    "Subsampling": 7 * 4 * 6 * 6,
    "Scale": ONE_EACH,
} | {name: ONE_EACH for name in ACTIVATIONS if name not in ("ScaledTanh", "Softmax", "Softmax2d")}


def network_of(name):
    """A convolution, the layer, and another that reads it where it makes maps."""
    made, shape = LAYERS[name][0](), LAYERS[name][1]
    last = nn.Conv2d(shape[0], 3, 1) if len(shape) == 3 else nn.Identity()
    layers = {"first": nn.Conv2d(3, CHANNELS, 3, padding=1), "layer": made, "last": last}
    return nn.Sequential(OrderedDict(layers))


def graph_of(name):
    with torch.device("meta"):
        network = network_of(name).eval()
    return module_graph(network, (3, SIDE, SIDE))
