"""Training Very Deep Networks (Srivastava, Greff, Schmidhuber; 2015; NIPS 2015).

https://arxiv.org/abs/1507.06228 (first shown as "Highway Networks", https://arxiv.org/abs/1505.00387)

Section 2 gives the highway layer (equation 3), section 2.2 the negative bias of its gate, Table 2
the CIFAR-10 networks: Highway B of 19 and Highway C of 32 layers, 2.3 M and 1.25 M parameters.

Deviations:
    The paper does not give the networks layer by layer. ``highway19_cifar`` is the authors' own
    file (https://github.com/flukeskywalker/highway-networks, examples/highways/cifar10-19layers),
    with ten outputs where that has a hundred: 2,256,838 parameters against "2.3 M".
    Of the 32 layers the paper tells that they are thinner and alternate 3x3 and 1x1. Chosen here:
    the scheme of the 19 layers with nine highway layers a stage, 3x3 first, and widths that double
    and meet the printed count: 24, 48 and 96 give 1,251,798 parameters against "1.25 M".
    The authors' file draws its first layer from a wider Gaussian; here all convolutions are drawn
    by He et al. 2015 (N(0, 2 / fan_in)), as it draws the others.
"""

from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import Gate, convolution, named, start_gates
from cnnviz.architectures.initialisation import he_forward
from cnnviz.hyperparameters import choice, flag, steps, tenths

LAYERS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 24, 32)
# The last convolution, 1x1, before global average pooling (the authors' file).
LAST_CHANNELS = 100


@dataclass(frozen=True)
class HighwayConfig(NetworkConfig):
    """Hyperparameters of convolutional highway networks."""

    stage1_layers: int = choice(*LAYERS, default=4, help="Highway layers in the first stage.")
    stage2_layers: int = choice(*LAYERS, default=5, help="Highway layers in the second stage.")
    stage3_layers: int = choice(*LAYERS, default=5, help="Highway layers in the third stage.")
    stage1_width: int = steps(8, 128, 8, default=32, unit="channels", help="Channels in stage 1.")
    stage2_width: int = steps(8, 128, 8, default=80, unit="channels", help="Channels in stage 2.")
    stage3_width: int = steps(8, 256, 8, default=128, unit="channels", help="Channels in stage 3.")
    alternating: bool = flag(
        default=False, help="Every second highway layer is 1x1 instead of 3x3."
    )
    gates: bool = flag(default=True, help="Without gates y = H(x): the plain network of Figure 1.")
    gate_bias: int = choice(
        -10,
        -8,
        -6,
        -5,
        -4,
        -3,
        -2,
        -1,
        0,
        default=-2,
        help="Initial bias of the gates: the more negative, the more of its input a layer carries.",
    )
    dropout: float = tenths(0, 5, default=0.2, help="On the image, after pooling, at the end.")

    @property
    def stages(self) -> tuple[tuple[int, int], ...]:
        """Highway layers and width of each stage."""
        return (
            (self.stage1_layers, self.stage1_width),
            (self.stage2_layers, self.stage2_width),
            (self.stage3_layers, self.stage3_width),
        )


class HighwayLayer(nn.Module):
    """y = H(x) T(x) + x (1 - T(x)) (equation 3)."""

    def __init__(self, channels: int, kernel_size: int) -> None:
        super().__init__()
        self.transform = convolution(channels, channels, kernel_size)
        self.gate = Gate(channels, kernel_size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h, t = self.transform(x), self.gate(x)
        y: torch.Tensor = h * t + x * (1 - t)
        return y


def stage(config: HighwayConfig, index: int, in_channels: int) -> nn.Sequential:
    """A plain 3x3 convolution to the new width, then highway layers of that width.

    Every stage but the first begins with pooling; dropout stands before its first convolution.
    """
    depth, width = config.stages[index]
    layers: dict[str, nn.Module] = {} if index == 0 else {"pool": nn.MaxPool2d(2, 2)}
    layers["dropout"] = nn.Dropout(config.dropout)
    layers["plain"] = convolution(in_channels, width, 3)
    for number in range(1, depth + 1):
        kernel_size = 1 if config.alternating and number % 2 == 0 else 3
        layers[f"highway{number}"] = (
            HighwayLayer(width, kernel_size)
            if config.gates
            else convolution(width, width, kernel_size)
        )
    return named(**layers)


def head(config: HighwayConfig, in_channels: int, num_classes: int) -> nn.Sequential:
    """A 1x1 convolution in place of a hidden linear layer, pooling, the classifier (3.3.2)."""
    return named(
        conv=convolution(in_channels, LAST_CHANNELS, 1),
        pool=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        dropout=nn.Dropout(config.dropout),
        linear=nn.Linear(LAST_CHANNELS, num_classes),
    )


class Highway(Network):
    """Three stages of highway layers; there is no stem."""

    def __init__(self, config: HighwayConfig, in_channels: int, num_classes: int) -> None:
        widths = [in_channels, *(width for _, width in config.stages)]
        stages = [stage(config, index, widths[index]) for index in range(len(config.stages))]
        super().__init__(nn.Identity(), stages, head(config, widths[-1], num_classes))
        self.initialise(config, convolution=he_forward, linear=partial(nn.init.normal_, std=0.05))
        start_gates(self, config.gate_bias)


ARCHITECTURE = Architecture(
    title="Highway network",
    year=2015,
    paper="Srivastava, Greff, Schmidhuber: Training Very Deep Networks, NIPS 2015",
    idea="A learned gate decides how much of its input a layer transforms and how much it carries.",
    network=Highway,
    variants={
        "highway19_cifar": Variant.cifar("Highway-19 (CIFAR)", HighwayConfig()),
        "highway32_cifar": Variant.cifar(
            "Highway-32 (CIFAR)", HighwayConfig(9, 9, 9, 24, 48, 96, alternating=True)
        ),
    },
)
