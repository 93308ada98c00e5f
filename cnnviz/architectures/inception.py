"""Rethinking the Inception Architecture for Computer Vision (Szegedy, Vanhoucke, Ioffe et al.).

https://arxiv.org/abs/1512.00567 (2015; CVPR 2016)

Section 3 factorises convolutions (Figure 6: n x n as 1 x n and n x 1, with n = 7 in practice;
Figure 7: the expanded filter banks of the coarsest grid), section 4 places the auxiliary
classifier, section 5 reduces the grid (Figure 10), section 9 gives stems for smaller images. The
best network, "Inception-v3", is the last row of Table 3: factorised 7x7, a batch-normalised
auxiliary classifier, label smoothing.

Deviations:
    Table 1 does not give the channels inside the modules. The network is therefore the one that the
    authors released (TensorFlow's inception_v3, which torchvision ported), and it differs from
    Table 1: a 1x1 convolution and a max pooling in the stem where the table has 3x3 convolutions,
    one 5x5 left in each module of the finest grid, four modules of Figure 6 after the reduction.
    Its longest path has 48 layers with weights where the paper counts 42.
    Dropout 0.5 is torchvision's (the authors' code drops 0.2); the paper does not mention any.
    Initialisation is that of the authors' code, N(0, 0.1^2) for convolutions and N(0, 0.01^2) for
    linear layers, without its truncation at two standard deviations; the paper gives none.
    ``stem="cifar"`` is section 9's for 79 px (stride 1, no pooling); it also takes 32 px. For other
    inputs than 299 px the auxiliary head first resizes its 17x17 map to that size.
"""

from dataclasses import dataclass
from functools import partial

from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import Branches, convolution, global_average_head, named
from cnnviz.architectures.initialisation import gaussian
from cnnviz.hyperparameters import choice, flag, tenths

# The three modules at 35x35: channels that they get, and of their pooling branch.
FINE = ((192, 32), (256, 64), (288, 64))
# The four modules at 17x17: channels between their factorised 7x7 convolutions.
SEVENS = (128, 160, 160, 192)
# Every convolution is normalised.
normalised = partial(convolution, norm=partial(nn.BatchNorm2d, eps=0.001))


@dataclass(frozen=True)
class InceptionConfig(NetworkConfig):
    """Hyperparameters of factorised Inception networks."""

    stem: str = choice(
        "imagenet",
        "medium",
        "cifar",
        help="Section 8, for 299, 151 and 79 px: first stride 2 and a max pooling, stride 1 and "
        "the pooling, or neither; the last also takes 32 px.",
    )
    factorised: bool = flag(
        default=True, help="7x7 convolutions as 1x7 and 7x1 (Figure 6); if not, they stay 7x7."
    )
    auxiliary: bool = flag(
        default=False, help="A classifier on the 17x17 grid, used in training only (section 4)."
    )
    dropout: float = tenths(0, 7, default=0.5, help="Before the linear layer.")


def convolutions(
    in_channels: int, *layers: tuple[int, int, int], last_stride: int = 1
) -> nn.Sequential:
    """A sequence of convolutions of (channels, height, width).

    They keep the resolution; a last one with a stride takes no padding.
    """
    sequence = {}
    for number, (out_channels, height, width) in enumerate(layers, start=1):
        stride = last_stride if number == len(layers) else 1
        padding = None if stride == 1 else 0
        sequence[f"conv{number}"] = normalised(
            in_channels, out_channels, (height, width), stride, padding
        )
        in_channels = out_channels
    return named(**sequence)


def sevens(
    config: InceptionConfig, between: int, out_channels: int, tall_first: bool = False
) -> tuple[tuple[int, int, int], ...]:
    """A 7x7 convolution, factorised into 1x7 and 7x1 (in either order) or not."""
    if not config.factorised:
        return ((out_channels, 7, 7),)
    first, second = ((7, 1), (1, 7)) if tall_first else ((1, 7), (7, 1))
    return ((between, *first), (out_channels, *second))


def pooled(in_channels: int, out_channels: int) -> nn.Sequential:
    """3x3 average pooling and a 1x1 convolution."""
    return named(
        pool=nn.AvgPool2d(3, 1, padding=1), project=convolutions(in_channels, (out_channels, 1, 1))
    )


def fine_module(in_channels: int, projected: int) -> Branches:
    """At 35x35 (Figure 5, with one 5x5 left): 64 + 64 + 96 + ``projected`` channels."""
    return Branches(
        branch_1x1=convolutions(in_channels, (64, 1, 1)),
        branch_5x5=convolutions(in_channels, (48, 1, 1), (64, 5, 5)),
        branch_3x3_twice=convolutions(in_channels, (64, 1, 1), (96, 3, 3), (96, 3, 3)),
        branch_pool=pooled(in_channels, projected),
    )


def fine_reduction(in_channels: int) -> Branches:
    """From 35x35 to 17x17 (Figure 10): 384 + 96 + ``in_channels`` channels."""
    twice = (64, 1, 1), (96, 3, 3), (96, 3, 3)
    return Branches(
        branch_3x3=convolutions(in_channels, (384, 3, 3), last_stride=2),
        branch_3x3_twice=convolutions(in_channels, *twice, last_stride=2),
        branch_pool=nn.MaxPool2d(3, 2),
    )


def medium_module(config: InceptionConfig, in_channels: int, between: int) -> Branches:
    """At 17x17 (Figure 6 with n = 7): 4 x 192 channels."""
    reduce = (between, 1, 1)
    last = sevens(config, between, 192)
    twice = sevens(config, between, between, True) + sevens(config, between, 192, True)
    return Branches(
        branch_1x1=convolutions(in_channels, (192, 1, 1)),
        branch_7x7=convolutions(in_channels, reduce, *last),
        branch_7x7_twice=convolutions(in_channels, reduce, *twice),
        branch_pool=pooled(in_channels, 192),
    )


def medium_reduction(config: InceptionConfig, in_channels: int) -> Branches:
    """From 17x17 to 8x8: 320 + 192 + ``in_channels`` channels."""
    seven_three = (192, 1, 1), *sevens(config, 192, 192), (192, 3, 3)
    return Branches(
        branch_3x3=convolutions(in_channels, (192, 1, 1), (320, 3, 3), last_stride=2),
        branch_7x7_3x3=convolutions(in_channels, *seven_three, last_stride=2),
        branch_pool=nn.MaxPool2d(3, 2),
    )


def coarse_module(in_channels: int) -> Branches:
    """At 8x8 (Figure 7, expanded filter banks): 320 + 2 x 384 + 2 x 384 + 192 channels."""

    def expanded() -> Branches:
        return Branches(wide=convolutions(384, (384, 1, 3)), tall=convolutions(384, (384, 3, 1)))

    return Branches(
        branch_1x1=convolutions(in_channels, (320, 1, 1)),
        branch_3x3=named(reduce=convolutions(in_channels, (384, 1, 1)), expand=expanded()),
        branch_3x3_twice=named(
            reduce=convolutions(in_channels, (448, 1, 1), (384, 3, 3)), expand=expanded()
        ),
        branch_pool=pooled(in_channels, 192),
    )


def stem(config: InceptionConfig, in_channels: int) -> nn.Sequential:
    """Five convolutions and a max pooling; section 9 leaves strides out for smaller images."""
    return named(
        conv1=normalised(in_channels, 32, 3, 2 if config.stem == "imagenet" else 1, padding=0),
        conv2=normalised(32, 32, 3, padding=0),
        conv3=normalised(32, 64, 3),
        pool=nn.Identity() if config.stem == "cifar" else nn.MaxPool2d(3, 2),
        conv4=normalised(64, 80, 1),
        conv5=normalised(80, 192, 3, padding=0),
    )


def auxiliary_head(num_classes: int) -> nn.Sequential:
    """Section 4: GoogLeNet's, its hidden layer (a 5x5 convolution of a 5x5 map) normalised."""
    return named(
        resize=nn.AdaptiveAvgPool2d(17),
        pool=nn.AvgPool2d(5, 3),
        conv1=normalised(768, 128, 1),
        conv2=normalised(128, 768, 5, padding=0),
        flatten=nn.Flatten(),
        linear=nn.Linear(768, num_classes),
    )


class Inception(Network):
    """Stem, three stages of modules at 35x35, 17x17 and 8x8, pooling and one linear layer."""

    def __init__(self, config: InceptionConfig, in_channels: int, num_classes: int) -> None:
        fine = {f"inception{i}": fine_module(*ends) for i, ends in enumerate(FINE, start=1)}
        medium = {
            f"inception{i}": medium_module(config, 768, between)
            for i, between in enumerate(SEVENS, start=1)
        }
        stages = [
            named(pool=nn.MaxPool2d(3, 2), **fine),
            named(reduction=fine_reduction(288), **medium),
            named(
                reduction=medium_reduction(config, 768),
                inception1=coarse_module(1280),
                inception2=coarse_module(2048),
            ),
        ]
        auxiliary = {1: auxiliary_head(num_classes)} if config.auxiliary else None
        head = global_average_head(2048, num_classes, config.dropout)
        super().__init__(stem(config, in_channels), stages, head, auxiliary)
        self.initialise(config, convolution=partial(nn.init.normal_, std=0.1), linear=gaussian)


ARCHITECTURE = Architecture(
    title="Inception",
    year=2015,
    paper="Szegedy, Vanhoucke, Ioffe, Shlens, Wojna: Rethinking the Inception Architecture for "
    "Computer Vision, CVPR 2016",
    idea="Factorise: 5x5 becomes two 3x3, 7x7 becomes 1x7 and 7x1, at a fraction of the cost.",
    network=Inception,
    variants={
        "inception_v3": Variant(
            "Inception-v3",
            InceptionConfig(),
            resolution=299,
            half_normalised=True,
            torchvision="inception_v3",
        )
    },
)
