"""Striving for Simplicity: The All Convolutional Net (Springenberg et al.; 2014).

https://arxiv.org/abs/1412.6806 (ICLR 2015 workshop)

Springenberg, Dosovitskiy, Brox, Riedmiller. Table 1 gives the base models A, B and C, Table 2 the
three ways to do without pooling (for C; A and B go alike), section 3.1 the training.

Deviations:
    Table 3 prints about 1.4 M parameters for All-CNN-C, Table 4 about 1.3 M for the same network;
    it has 1,369,738.
    The paper does not say how weights are drawn; He's initialisation is used.
    The 6x6 of the global average in Table 1 comes from 8x8 maps: here the 3x3 convolution before
    the two 1x1 convolutions has no padding, and all others keep the size.
"""

from dataclasses import dataclass

from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import convolution, named
from cnnviz.architectures.initialisation import he_normal
from cnnviz.hyperparameters import choice, steps, tenths

# Table 1: kernel sizes before each pooling.
KERNEL_SIZES = {"A": (5,), "B": (5, 1), "C": (3, 3)}


@dataclass(frozen=True)
class AllCNNConfig(NetworkConfig):
    """Hyperparameters of all convolutional nets and their base models."""

    model: str = choice(
        *KERNEL_SIZES,
        default="C",
        help="Column of the paper's Table 1: one 5x5 convolution before each pooling, a 5x5 and a "
        "1x1, or two 3x3.",
    )
    downsampling: str = choice(
        *("convolution", "stride", "pooling", "convolution, pooling"),
        default="convolution",
        help="A convolution of stride 2 (All-CNN), a stride in the last layer (Strided-CNN), max "
        "pooling (the base model), or that after one more convolution (ConvPool-CNN).",
    )
    width: int = steps(
        32, 192, 32, default=96, unit="channels", help="Channels in stage 1; doubled later."
    )
    input_dropout: float = tenths(0, 5, default=0.2, help="Of the image's pixels.")
    dropout: float = tenths(0, 7, default=0.5, help="After each downsampling.")


def section(
    config: AllCNNConfig, in_channels: int, width: int
) -> tuple[list[nn.Module], list[nn.Module]]:
    """Convolutions (Table 1) and the layer that halves the resolution (Table 2)."""
    *first, last = KERNEL_SIZES[config.model]
    layers: list[nn.Module] = []
    for kernel_size in first:
        layers.append(convolution(in_channels, width, kernel_size))
        in_channels = width
    halving: nn.Module = nn.MaxPool2d(3, 2, ceil_mode=True)
    if config.downsampling == "stride":
        halving = convolution(in_channels, width, last, stride=2)
    else:
        layers.append(convolution(in_channels, width, last))
    if config.downsampling == "convolution":
        halving = convolution(width, width, 3, stride=2)
    elif config.downsampling == "convolution, pooling":
        layers.append(convolution(width, width, 3))
    return layers, [halving, nn.Dropout(config.dropout)]


class AllCNN(Network):
    """Two sections of convolutions, a 3x3 and two 1x1, and averages of one map per class."""

    def __init__(self, config: AllCNNConfig, in_channels: int, num_classes: int) -> None:
        narrow, wide = config.width, 2 * config.width
        first, halving1 = section(config, in_channels, narrow)
        second, halving2 = section(config, narrow, wide)
        third = [
            convolution(wide, wide, 3, padding=0),
            convolution(wide, wide, 1),
            convolution(wide, num_classes, 1),
        ]
        sections = (first, [*halving1, *second], [*halving2, *third])
        super().__init__(
            named(dropout=nn.Dropout(config.input_dropout)),
            [nn.Sequential(*layers) for layers in sections if layers],
            named(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten()),
        )
        self.initialise(config, convolution=he_normal)


ARCHITECTURE = Architecture(
    title="All-CNN",
    year=2014,
    paper="Springenberg, Dosovitskiy, Brox, Riedmiller: Striving for Simplicity: The All "
    "Convolutional Net, ICLR 2015 workshop",
    idea="Nothing but convolutions: strides replace pooling, averages replace linear layers.",
    network=AllCNN,
    variants={"all_cnn_c_cifar": Variant.cifar("All-CNN-C (CIFAR)", AllCNNConfig())},
)
