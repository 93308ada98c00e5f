"""Deep Residual Learning for Image Recognition (He, Zhang, Ren, Sun; 2015; CVPR 2016).

https://arxiv.org/abs/1512.03385

Section 3.3 gives the ImageNet networks (Table 1), section 4.2 the CIFAR-10 networks (6n + 2
layers, Table 6). ``shortcut="none"`` is the plain twin that the paper compares with.

Deviations:
    Table 1 prints 3.6 and 3.8 GFLOPs for 34 and 50 layers where the multiply-adds of the
    convolutions and the linear layer are 3.664 G and 3.858 G: it does not round those two up.
    ``resnet18`` and ``resnet34`` use option B (a projection where the shape changes), as all
    published weights do; Table 2 of the paper was measured with option A, Table 3 shows A, B and C.
    The ``_v1_5`` variants put the stride in the 3x3 (Goyal et al. 2017; torchvision): not the
    paper's network, 6 % more multiply-adds at 50 layers, the same parameters.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn
from torch.nn import functional

from cnnviz.architectures.base import Architecture, Layer, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import STEMS, convolution, global_average_head, named
from cnnviz.architectures.initialisation import he_normal
from cnnviz.hyperparameters import choice, steps

Block = Callable[[int, int, int], nn.Module]

BLOCKS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 23, 24, 30, 36, 48, 64, 100, 111, 200)

# Table 1: blocks in conv2_x, conv3_x, conv4_x, conv5_x.
IMAGENET_DEPTHS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}


@dataclass(frozen=True)
class ResidualConfig(NetworkConfig):
    """Hyperparameters that all networks of residual blocks share (Table 1)."""

    stem: str = choice(
        *STEMS,
        help="7x7 convolution of stride 2 and max pooling for large images, or one 3x3 for small.",
    )
    block: str = choice("basic", "bottleneck", help="Two 3x3 convolutions, or 1x1, 3x3 and 1x1.")
    stage1_blocks: int = choice(*BLOCKS, default=2, help="Blocks in the first stage (conv2_x).")
    stage2_blocks: int = choice(*BLOCKS, default=2, help="Blocks in the second stage (conv3_x).")
    stage3_blocks: int = choice(*BLOCKS, default=2, help="Blocks in the third stage (conv4_x).")
    stage4_blocks: int = choice(
        0, *BLOCKS, default=2, help="Blocks in the fourth stage (conv5_x); 0 omits the stage."
    )
    width: int = steps(
        16, 128, 16, default=64, unit="channels", help="Channels of the stem; each stage doubles."
    )

    @property
    def depths(self) -> tuple[int, ...]:
        """Number of blocks in each stage."""
        stages = (self.stage1_blocks, self.stage2_blocks, self.stage3_blocks, self.stage4_blocks)
        return tuple(blocks for blocks in stages if blocks)


@dataclass(frozen=True)
class ResNetConfig(ResidualConfig):
    """Hyperparameters of residual networks and of their plain twins."""

    shortcut: str = choice(
        "A",
        "B",
        "C",
        "none",
        default="B",
        help="Where the shape changes: zero padding (A) or a 1x1 projection (B); a projection "
        "everywhere (C); no shortcut at all: the plain network.",
    )
    stride_in: str = choice(
        "1x1",
        "3x3",
        help="Which convolution of a bottleneck takes the stride: the first 1x1 (the paper) or "
        "the 3x3 (v1.5, torchvision). Basic blocks have no choice.",
    )


class PaddedShortcut(Layer):
    """Option A: every stride-th pixel, new channels filled with zeros (section 4.2)."""

    kind = "shortcut (A)"

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        before = (out_channels - in_channels) // 2
        self.channels = (before, out_channels - in_channels - before)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, *self.channels))


def projection(in_channels: int, out_channels: int, stride: int) -> nn.Sequential:
    """W_s of equation 2: a 1x1 convolution with batch normalisation."""
    return named(
        conv=nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
        norm=nn.BatchNorm2d(out_channels),
    )


def shortcut(option: str, in_channels: int, out_channels: int, stride: int) -> nn.Module | None:
    """The shortcut of one block by option A, B or C (section 3.3), or None for a plain network."""
    if option == "none":
        return None
    changes = stride != 1 or in_channels != out_channels
    if option == "C" or (option == "B" and changes):
        return projection(in_channels, out_channels, stride)
    return PaddedShortcut(in_channels, out_channels, stride) if changes else nn.Identity()


class BasicBlock(nn.Module):
    """y = ReLU(F(x) + x) with F two 3x3 convolutions (equation 1; Figure 5, left)."""

    expansion = 1

    def __init__(self, in_channels: int, width: int, stride: int, config: ResNetConfig) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, width, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.shortcut = shortcut(config.shortcut, in_channels, width, stride)
        self.relu2 = nn.ReLU()

    def residual(self, x: torch.Tensor) -> torch.Tensor:
        """F(x) of equation 1."""
        f: torch.Tensor = self.norm2(self.conv2(self.relu1(self.norm1(self.conv1(x)))))
        return f

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        f = self.residual(x)
        y: torch.Tensor = self.relu2(f if self.shortcut is None else f + self.shortcut(x))
        return y


class Bottleneck(nn.Module):
    """y = ReLU(F(x) + x) with F 1x1, 3x3 and 1x1 convolutions (Figure 5, right)."""

    expansion = 4

    def __init__(self, in_channels: int, width: int, stride: int, config: ResNetConfig) -> None:
        super().__init__()
        first, second = (stride, 1) if config.stride_in == "1x1" else (1, stride)
        out_channels = self.expansion * width
        self.conv1 = nn.Conv2d(in_channels, width, 1, first, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, second, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU()
        self.conv3 = nn.Conv2d(width, out_channels, 1, bias=False)
        self.norm3 = nn.BatchNorm2d(out_channels)
        self.shortcut = shortcut(config.shortcut, in_channels, out_channels, stride)
        self.relu3 = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        f = self.relu1(self.norm1(self.conv1(x)))
        f = self.relu2(self.norm2(self.conv2(f)))
        f = self.norm3(self.conv3(f))
        y: torch.Tensor = self.relu3(f if self.shortcut is None else f + self.shortcut(x))
        return y


class ResNet(Network):
    """Stem, three or four stages of residual blocks, global average pooling, one linear layer."""

    def __init__(self, config: ResNetConfig, in_channels: int, num_classes: int) -> None:
        block = BasicBlock if config.block == "basic" else Bottleneck
        make = partial(block, config=config)
        stages, channels = residual_stages(
            config.width, config.width, config.depths, make, block.expansion
        )
        head = global_average_head(channels, num_classes)
        super().__init__(stem(config, in_channels), stages, head)
        self.initialise(config, convolution=he_normal)


def residual_stages(
    channels: int, width: int, depths: Sequence[int], block: Block, expansion: int = 1
) -> tuple[list[nn.Sequential], int]:
    """Stages of blocks, and the channels that the last one puts out.

    The first block of every stage but the first halves the resolution and doubles the width.

    Args:
        channels: Of what the first block reads.
        width: Of the first stage.
        depths: Blocks of each stage.
        block: Makes a block of (in_channels, width, stride).
        expansion: Channels that a block puts out, as a multiple of its width.
    """
    stages = []
    for index, depth in enumerate(depths):
        blocks = []
        for number in range(depth):
            stride = 2 if index > 0 and number == 0 else 1
            blocks.append(block(channels, width * 2**index, stride))
            channels = expansion * width * 2**index
        stages.append(nn.Sequential(*blocks))
    return stages, channels


def stem(config: ResidualConfig, in_channels: int) -> nn.Sequential:
    """conv1 and the max pooling of Table 1, or the single 3x3 of section 4.2."""
    if config.stem == "cifar":
        return convolution(in_channels, config.width, 3, norm=nn.BatchNorm2d)
    return pooled_stem(in_channels, config.width)


def pooled_stem(in_channels: int, out_channels: int) -> nn.Sequential:
    """conv1 and the max pooling of Table 1, which DenseNet took over."""
    layers = convolution(in_channels, out_channels, 7, stride=2, norm=nn.BatchNorm2d)
    layers.add_module("pool", nn.MaxPool2d(3, 2, padding=1))
    return layers


def imagenet(
    depth: int, shortcut: str = "B", stride_in: str = "1x1", torchvision: str | None = None
) -> Variant:
    """A column of Table 1."""
    block = "basic" if depth < 50 else "bottleneck"
    config = ResNetConfig(
        "imagenet", block, *IMAGENET_DEPTHS[depth], shortcut=shortcut, stride_in=stride_in
    )
    plain, v1_5 = shortcut == "none", stride_in == "3x3"
    title = f"Plain-{depth}" if plain else f"ResNet-{depth}{' v1.5' if v1_5 else ''}"
    return Variant(title, config, torchvision=torchvision, year=2017 if v1_5 else None)


def cifar(depth: int, shortcut: str = "A") -> Variant:
    """A 6n + 2 layer network of section 4.2: n blocks of 16, 32 and 64 channels a stage."""
    n = (depth - 2) // 6
    config = ResNetConfig("cifar", "basic", n, n, n, 0, width=16, shortcut=shortcut)
    title = f"{'Plain' if shortcut == 'none' else 'ResNet'}-{depth} (CIFAR)"
    return Variant.cifar(title, config)


ARCHITECTURE = Architecture(
    title="ResNet",
    year=2015,
    paper="He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, CVPR 2016",
    idea="A block learns what to add to its input, so that 152 layers train as easily as 18.",
    network=ResNet,
    variants={
        "resnet18": imagenet(18, torchvision="resnet18"),
        "resnet34": imagenet(34, torchvision="resnet34"),
        "resnet50": imagenet(50),
        "resnet101": imagenet(101),
        "resnet152": imagenet(152),
        "resnet50_v1_5": imagenet(50, stride_in="3x3", torchvision="resnet50"),
        "resnet101_v1_5": imagenet(101, stride_in="3x3", torchvision="resnet101"),
        "resnet152_v1_5": imagenet(152, stride_in="3x3", torchvision="resnet152"),
        "plain18": imagenet(18, shortcut="none"),
        "plain34": imagenet(34, shortcut="none"),
        **{f"resnet{depth}_cifar": cifar(depth) for depth in (20, 32, 44, 56, 110, 1202)},
        **{f"plain{depth}_cifar": cifar(depth, shortcut="none") for depth in (20, 32, 44, 56)},
    },
)
