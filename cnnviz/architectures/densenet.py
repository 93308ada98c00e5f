"""Densely Connected Convolutional Networks (Huang, Liu, van der Maaten, Weinberger; 2016).

https://arxiv.org/abs/1608.06993 (CVPR 2017)

Section 3 defines the network: equation 2 the dense layer, "Bottleneck layers" and "Compression"
DenseNet-B, -C and -BC, "Implementation details" the CIFAR networks, Table 1 the ImageNet ones (161
is in the CVPR version alone, 264 in the later ones). A dense block ends in a concatenation of all
that it made, so the feature maps of source s keep their place: every module that reads several
sources (dense layer, transition, classifier) finds their channel counts, in order, in ``sources``.

Deviations:
    The batch normalisation and ReLU before the classifier close the last stage here, so that
    ``stages[-1]`` gives the maps that are averaged and weighted by the linear layer: a class
    activation map of them is exact.
    A transition opens the stage that it leads to; the order of the layers is the paper's.
    Plain networks begin with 16 channels, BC and all ImageNet networks with 2k ("Implementation
    details"); the authors' present code begins all with 2k. Their counts in Table 2 are met by 16.
    ``dropout`` is off, as in the runs with augmentation; those without have 0.2 (section 4.2).
    ``simple_densenet`` is the walk-through network of a lecture, not the paper's. The slides leave
    growth rate, stride and image open: here k = 4 (Figure 1), stride 1 and 32 px. They go on to
    its B and C: ``bottleneck`` and ``compression=0.5``.
    H is batch normalisation, ReLU, convolution, in this order (section 3); code on slides beside it
    that runs convolution, batch normalisation, ReLU is another network.
    DenseNet-264 has 265 layers by the paper's own count, which gives 121, 169, 201 and 161.
"""

from collections import OrderedDict
from dataclasses import dataclass

import torch
from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import global_average_head, named
from cnnviz.architectures.initialisation import he_normal
from cnnviz.architectures.resnet import pooled_stem
from cnnviz.hyperparameters import choice, flag, steps, tenths

LAYERS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 31, 32, 36, 41, 48, 64)

# Table 1: dense layers in each of the four blocks.
IMAGENET_DEPTHS = {
    121: (6, 12, 24, 16),
    169: (6, 12, 32, 32),
    201: (6, 12, 48, 32),
    161: (6, 12, 36, 24),
    264: (6, 12, 64, 48),
}


@dataclass(frozen=True)
class DenseNetConfig(NetworkConfig):
    """Hyperparameters of DenseNet, DenseNet-B, -C and -BC."""

    stem: str = choice(
        "imagenet",
        "cifar",
        "7x7",
        help="7x7 convolution of stride 2 and max pooling for large images; one 3x3 for small; or "
        "one 7x7 of stride 1.",
    )
    stem_channels: str = choice(
        "16", "2k", default="2k", help="Channels of the first convolution: 16, or 2 x growth rate."
    )
    growth_rate: int = steps(
        4, 64, 4, default=32, unit="channels", help="k: feature maps that every layer adds."
    )
    stage1_layers: int = choice(*LAYERS, default=6, help="Dense layers in the first block.")
    stage2_layers: int = choice(*LAYERS, default=12, help="Dense layers in the second block.")
    stage3_layers: int = choice(
        0, *LAYERS, default=24, help="Dense layers in the third block; 0 omits the block."
    )
    stage4_layers: int = choice(
        0, *LAYERS, default=16, help="Dense layers in the fourth block; 0 omits the block."
    )
    bottleneck: bool = flag(
        default=True, help="B: a 1x1 convolution to 4k feature maps before every 3x3."
    )
    compression: float = tenths(
        *(1, 10),
        default=0.5,
        help="C: theta, the share of feature maps that a transition keeps; 1: no compression.",
    )
    dropout: float = tenths(0, 5, default=0.0, help="After every convolution but the first.")

    @property
    def depths(self) -> tuple[int, ...]:
        """Number of dense layers in each block."""
        blocks = (self.stage1_layers, self.stage2_layers, self.stage3_layers, self.stage4_layers)
        return tuple(layers for layers in blocks if layers)

    @property
    def first_channels(self) -> int:
        """k_0, the channels of the stem."""
        return 16 if self.stem_channels == "16" else 2 * self.growth_rate

    def compressed(self, channels: int) -> int:
        """floor(theta m) feature maps of m, in whole tenths: 0.7 x 90 is 62.99... in floats."""
        return channels * round(10 * self.compression) // 10

    def check(self) -> None:
        """Check that a fourth block follows a third and each transition keeps a channel."""
        if self.stage4_layers and not self.stage3_layers:
            raise ValueError("stage4_layers must be 0 where stage3_layers is 0.")
        channels = self.first_channels
        for layers in self.depths[:-1]:
            made = channels + layers * self.growth_rate
            channels = self.compressed(made)
            if channels == 0:
                raise ValueError(
                    "compression must leave a feature map after every transition; received "
                    f"{self.compression} of {made}."
                )


def composite(
    in_channels: int, out_channels: int, kernel_size: int, config: DenseNetConfig, number: str = ""
) -> dict[str, nn.Module]:
    """BN-ReLU-convolution (section 3, "Composite function"), then dropout, if any."""
    padding = kernel_size // 2
    layers: dict[str, nn.Module] = {
        f"norm{number}": nn.BatchNorm2d(in_channels),
        f"relu{number}": nn.ReLU(),
        f"conv{number}": nn.Conv2d(
            in_channels, out_channels, kernel_size, padding=padding, bias=False
        ),
    }
    if config.dropout:
        layers[f"dropout{number}"] = nn.Dropout(config.dropout)
    return layers


class DenseLayer(nn.Sequential):
    """x_l = H_l([x_0, x_1, ..., x_{l-1}]) (equation 2).

    H is BN-ReLU-conv3x3, or BN-ReLU-conv1x1-BN-ReLU-conv3x3 with the bottleneck.

    Attributes:
        sources: Channels of x_0, x_1, ..., x_{l-1}, in the order in which ``conv1`` reads them.
    """

    def __init__(self, sources: tuple[int, ...], config: DenseNetConfig) -> None:
        in_channels, k = sum(sources), config.growth_rate
        if config.bottleneck:
            layers = composite(in_channels, 4 * k, 1, config, "1")
            layers |= composite(4 * k, k, 3, config, "2")
        else:
            layers = composite(in_channels, k, 3, config, "1")
        super().__init__(OrderedDict(layers))
        self.sources = sources

    def forward(self, *x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = super().forward(torch.cat(x, dim=1) if len(x) > 1 else x[0])
        return y


class DenseBlock(nn.ModuleDict):
    """Dense layers, each of which reads all earlier ones; the output is [x_0, x_1, ..., x_L].

    Attributes:
        sources: Channels of x_0, x_1, ..., x_L: k_0 of the block, then k from every layer.
    """

    def __init__(self, in_channels: int, depth: int, config: DenseNetConfig) -> None:
        sources = (in_channels, *[config.growth_rate] * depth)
        super().__init__(
            {f"layer{n}": DenseLayer(sources[:n], config) for n in range(1, depth + 1)}
        )
        self.sources = sources

    def forward(self, x_0: torch.Tensor) -> torch.Tensor:
        x = [x_0]
        for layer in self.values():
            x.append(layer(*x))
        return torch.cat(x, dim=1)


class Transition(nn.Sequential):
    """BN-ReLU-conv1x1 to floor(theta m) of m feature maps, then 2x2 average pooling.

    Attributes:
        sources: Channels of each output of the previous block, in the order of ``conv``.
    """

    def __init__(self, sources: tuple[int, ...], config: DenseNetConfig) -> None:
        channels = sum(sources)
        layers = composite(channels, config.compressed(channels), 1, config)
        super().__init__(OrderedDict(layers, pool=nn.AvgPool2d(2, 2)))
        self.sources = sources


def stem(config: DenseNetConfig, in_channels: int) -> nn.Sequential:
    """The first convolution, with the pooling of Table 1 for large images."""
    channels = config.first_channels
    if config.stem == "imagenet":
        return pooled_stem(in_channels, channels)
    size = 7 if config.stem == "7x7" else 3
    return named(conv=nn.Conv2d(in_channels, channels, size, padding=size // 2, bias=False))


class DenseNet(Network):
    """Stem, two to four dense blocks with transitions between, global average pooling, linear."""

    def __init__(self, config: DenseNetConfig, in_channels: int, num_classes: int) -> None:
        channels, stages = config.first_channels, []
        sources: tuple[int, ...] = ()
        for index, depth in enumerate(config.depths):
            layers: dict[str, nn.Module] = {}
            if index > 0:
                layers["transition"] = Transition(sources, config)
                channels = config.compressed(channels)
            layers["block"] = block = DenseBlock(channels, depth, config)
            sources, channels = block.sources, sum(block.sources)
            stages.append(layers)
        stages[-1] |= {"norm": nn.BatchNorm2d(channels), "relu": nn.ReLU()}
        head = global_average_head(channels, num_classes)
        super().__init__(stem(config, in_channels), [named(**layers) for layers in stages], head)
        # Section 4.2: the initialisation of He et al. 2015.
        self.initialise(config, convolution=he_normal)


def imagenet(depth: int, torchvision: str | None = None) -> Variant:
    """A column of Table 1: DenseNet-BC with k = 32, or 48 for 161 layers."""
    k = 48 if depth == 161 else 32
    config = DenseNetConfig("imagenet", "2k", k, *IMAGENET_DEPTHS[depth])
    return Variant(f"DenseNet-{depth}", config, torchvision=torchvision)


def cifar(depth: int, k: int, bc: bool = False) -> Variant:
    """A row of Table 2: depth L = 3n + 4 with n layers in each of three blocks, 6n + 4 for BC."""
    n = (depth - 4) // (6 if bc else 3)
    config = DenseNetConfig(
        "cifar",
        "2k" if bc else "16",
        k,
        *(n, n, n, 0),
        bottleneck=bc,
        compression=0.5 if bc else 1.0,
    )
    title = f"DenseNet{'-BC' if bc else ''} (L = {depth}, k = {k})"
    return Variant.cifar(title, config)


SIMPLE = Variant(
    "Simple DenseNet",
    DenseNetConfig("7x7", "2k", 4, 2, 3, 0, 0, bottleneck=False, compression=1.0),
    resolution=32,
    dataset="two classes",
    origin="In no paper: the walk-through network of a lecture.",
)

ARCHITECTURE = Architecture(
    title="DenseNet",
    year=2016,
    paper="Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks, "
    "CVPR 2017",
    idea="Every layer sees the feature maps of all earlier layers, so each adds only a few.",
    network=DenseNet,
    variants={
        "densenet121": imagenet(121, torchvision="densenet121"),
        "densenet169": imagenet(169, torchvision="densenet169"),
        "densenet201": imagenet(201, torchvision="densenet201"),
        "densenet161": imagenet(161, torchvision="densenet161"),
        "densenet264": imagenet(264),
        "simple_densenet": SIMPLE,
        "densenet40_k12_cifar": cifar(40, 12),
        "densenet100_k12_cifar": cifar(100, 12),
        "densenet100_k24_cifar": cifar(100, 24),
        "densenet_bc100_k12_cifar": cifar(100, 12, bc=True),
        "densenet_bc250_k24_cifar": cifar(250, 24, bc=True),
        "densenet_bc190_k40_cifar": cifar(190, 40, bc=True),
    },
)
