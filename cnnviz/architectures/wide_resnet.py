"""Wide Residual Networks (Zagoruyko, Komodakis; 2016; BMVC 2016).

https://arxiv.org/abs/1605.07146

Table 1 gives the network, Figure 1 its blocks: (c) B(3, 3), with pre-activation, and (d) the same
with dropout between the convolutions. WRN-d-k has d layers and is k times as wide as ResNet.

Deviations:
    Table 1 does not say what the shortcut is where the channels change. Here, as in the authors'
    code, it is a 1x1 convolution of the activated input, and both paths share that activation.
    d = 6n + 4 counts all convolutions, the three on shortcuts among them: the longest path has
    6n + 1 of them and the linear layer.
    ``wide_resnet16_4_cifar`` has the dropout of 0.4 with which the paper measures it on SVHN; the
    other two are without dropout, which is 0.3 on CIFAR (section 3).
"""

from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import global_average_head, named
from cnnviz.architectures.initialisation import he_normal
from cnnviz.architectures.resnet import residual_stages
from cnnviz.hyperparameters import choice, tenths

# Table 1: channels of conv1 and, times k, of conv2; conv3 and conv4 double them.
WIDTH = 16


@dataclass(frozen=True)
class WideResNetConfig(NetworkConfig):
    """Hyperparameters of wide residual networks: WRN-d-k."""

    depth: int = choice(
        *(10, 16, 22, 28, 34, 40),
        default=16,
        unit="layers",
        help="d = 6n + 4 layers with n blocks per stage.",
    )
    widening_factor: int = choice(
        *(1, 2, 4, 6, 8, 10, 12),
        default=4,
        help="k: width as a multiple of ResNet's 16, 32, 64 channels.",
    )
    dropout: float = tenths(0, 7, default=0.0, help="Between the two convolutions of a block.")


class WideBlock(nn.Module):
    """x_{l+1} = x_l + F(x_l) with F two times BN, ReLU, 3x3 (equation 1; Figure 1c and d)."""

    def __init__(self, in_channels: int, out_channels: int, stride: int, dropout: float) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.relu1 = nn.ReLU()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.relu2 = nn.ReLU()
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.projection = None
        if in_channels != out_channels:
            self.projection = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        a = self.relu1(self.norm1(x))
        f = self.conv2(self.dropout(self.relu2(self.norm2(self.conv1(a)))))
        y: torch.Tensor = f + (x if self.projection is None else self.projection(a))
        return y


class WideResNet(Network):
    """conv1, three stages of wide blocks, BN and ReLU, global average pooling, a linear layer."""

    def __init__(self, config: WideResNetConfig, in_channels: int, num_classes: int) -> None:
        stem = named(conv=nn.Conv2d(in_channels, WIDTH, 3, padding=1, bias=False))
        depths, block = 3 * [(config.depth - 4) // 6], partial(WideBlock, dropout=config.dropout)
        width = WIDTH * config.widening_factor
        stages, channels = residual_stages(WIDTH, width, depths, block)
        stages[-1].add_module("norm", nn.BatchNorm2d(channels))
        stages[-1].add_module("relu", nn.ReLU())
        super().__init__(stem, stages, global_average_head(channels, num_classes))
        self.initialise(config, convolution=he_normal)


def cifar(depth: int, widening_factor: int, dropout: float = 0.0) -> Variant:
    """A row of Table 5 or 6."""
    title = f"WRN-{depth}-{widening_factor}{' with dropout' if dropout else ''} (CIFAR)"
    config = WideResNetConfig(depth, widening_factor, dropout)
    return Variant.cifar(title, config)


ARCHITECTURE = Architecture(
    title="Wide ResNet",
    year=2016,
    paper="Zagoruyko, Komodakis: Wide Residual Networks, BMVC 2016",
    idea="Wider, not deeper: 16 wide layers do what 1001 thin ones do, and train faster.",
    network=WideResNet,
    variants={
        "wide_resnet16_4_cifar": cifar(16, 4, dropout=0.4),
        "wide_resnet16_8_cifar": cifar(16, 8),
        "wide_resnet28_10_cifar": cifar(28, 10),
    },
)
