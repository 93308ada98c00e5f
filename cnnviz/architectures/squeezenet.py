"""SqueezeNet: AlexNet-level accuracy with 50x fewer parameters (Iandola et al.; 2016).

https://arxiv.org/abs/1602.07360

The fire module is Figure 1; section 5.1 defines the network by five numbers: base_e, incr_e, freq,
SR and pct_3x3. Version 1.1 is the authors' own, in https://github.com/forresti/SqueezeNet.

Deviations:
    Only version 1.1 is built: a 3x3 first convolution of 64 channels in place of the paper's 7x7 of
    96, and pooling after fire 3 and fire 5 in place of fire 4 and fire 8. The paper prints no count
    for it.
    The final pooling is global, as in torchvision, so that any resolution works.
"""

from dataclasses import dataclass

import torch
from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import convolution, named
from cnnviz.architectures.initialisation import draw_weights, gaussian, reinitialise
from cnnviz.hyperparameters import choice, steps, tenths

# Fire modules in the three stages between the poolings of version 1.1.
DEPTHS = (2, 2, 4)


@dataclass(frozen=True)
class SqueezeNetConfig(NetworkConfig):
    """The hyperparameters of the paper's section 5.1."""

    expand: int = steps(
        32, 256, 32, default=128, unit="filters", help="base_e: expand filters of the first fire."
    )
    expand_increment: int = steps(
        0, 256, 32, default=128, unit="filters", help="incr_e: expand filters added at each step."
    )
    frequency: int = choice(
        1, 2, 3, 4, 8, default=2, unit="fires", help="freq: fire modules between two increments."
    )
    squeeze_ratio: float = choice(
        0.125, 0.25, 0.375, 0.5, 0.75, 1.0, help="SR: squeeze to expand filters."
    )
    share_3x3: float = choice(
        0.25, 0.5, 0.75, default=0.5, help="pct_3x3: share of the expand filters that are 3x3."
    )
    dropout: float = tenths(0, 7, default=0.5, help="Before the last convolution.")


class Fire(nn.Module):
    """Squeeze to few channels by 1x1, expand by 1x1 and 3x3 side by side (Figure 1)."""

    def __init__(self, in_channels: int, squeeze: int, expand_1x1: int, expand_3x3: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(in_channels, squeeze, 1)
        self.squeeze_relu = nn.ReLU()
        self.expand_1x1 = nn.Conv2d(squeeze, expand_1x1, 1)
        self.expand_1x1_relu = nn.ReLU()
        self.expand_3x3 = nn.Conv2d(squeeze, expand_3x3, 3, padding=1)
        self.expand_3x3_relu = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        s = self.squeeze_relu(self.squeeze(x))
        wide = self.expand_1x1_relu(self.expand_1x1(s)), self.expand_3x3_relu(self.expand_3x3(s))
        return torch.cat(wide, dim=1)


class SqueezeNet(Network):
    """Stem, three stages of fire modules, and a convolution as the classifier."""

    def __init__(self, config: SqueezeNetConfig, in_channels: int, num_classes: int) -> None:
        stem = convolution(in_channels, 64, 3, stride=2, padding=0)
        channels, fires, stages = 64, 0, []
        for depth in DEPTHS:
            layers: dict[str, nn.Module] = {"pool": nn.MaxPool2d(3, 2, ceil_mode=True)}
            for _ in range(depth):
                expand = config.expand + config.expand_increment * (fires // config.frequency)
                expand_3x3 = round(expand * config.share_3x3)
                squeeze = round(expand * config.squeeze_ratio)
                fires += 1  # the paper calls the first fire module "fire2"
                layers[f"fire{fires + 1}"] = Fire(
                    channels, squeeze, expand - expand_3x3, expand_3x3
                )
                channels = expand
            stages.append(named(**layers))
        head = named(
            dropout=nn.Dropout(config.dropout),
            conv=nn.Conv2d(channels, num_classes, 1),
            relu=nn.ReLU(),
            pool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
        )
        super().__init__(stem, stages, head)
        # The authors' Caffe files: "xavier" everywhere, N(0, 0.01) for the last convolution.
        draw_weights(self, convolution=nn.init.xavier_uniform_)
        draw_weights(head, convolution=gaussian)
        reinitialise(self, config.initialisation)


ARCHITECTURE = Architecture(
    title="SqueezeNet",
    year=2016,
    paper="Iandola, Han, Moskewicz, Ashraf, Dally, Keutzer: SqueezeNet, 2016",
    idea="Squeeze by 1x1 before every 3x3: AlexNet's accuracy with a fiftieth of its parameters.",
    network=SqueezeNet,
    variants={
        "squeezenet1_1": Variant("SqueezeNet 1.1", SqueezeNetConfig(), torchvision="squeezenet1_1")
    },
)
