"""Going Deeper with Convolutions (Szegedy, Liu, Jia, Sermanet, Reed, Anguelov et al.; 2014).

https://arxiv.org/abs/1409.4842 (CVPR 2015)

Figure 2 gives the Inception module, naive (a) and with reductions (b), Table 1 the network,
Figure 3 its normalisations, section 5 the auxiliary classifiers, which only training uses.

Deviations:
    Section 1 says 12 times fewer parameters than AlexNet; by layer arithmetic it is 8.7 times.
    The paper gives no constants for its local response normalisation: Krizhevsky et al. 2012,
    section 3.3. It gives no initialisation either: Glorot and Bengio's, as for VGG.
    For inputs other than 224 px the auxiliary heads first resize their 14x14 map to that size
    (adaptive average pooling, as in VGG), so that their linear layers keep their shape; at 224 px
    this changes nothing. The last average pooling is global, which at 224 px is Table 1's 7x7.
    ``stem="cifar"`` is not the paper's: one 3x3 convolution in place of the first four layers.
    ``googlenet_torchvision`` is torchvision's: batch normalisation and no other, 3x3 in place of
    5x5 (its known mistake), a last max pooling of 2x2, dropout 0.2 in place of 0.4.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import (
    STEMS,
    Branches,
    convolution,
    global_average_head,
    named,
    response_norm,
)
from cnnviz.architectures.initialisation import xavier
from cnnviz.hyperparameters import choice, flag, tenths

# Table 1: #1x1, #3x3 reduce, #3x3, #5x5 reduce, #5x5 and pool proj of the nine modules.
MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
# A stage ends where the resolution changes or where an auxiliary head leaves (4a and 4d).
STAGES = (("3a", "3b"), ("4a",), ("4b", "4c", "4d"), ("4e",), ("5a", "5b"))
POOLED = ("3a", "4a", "5a")
AUXILIARY = ("4a", "4d")
STEM_CHANNELS = 192


@dataclass(frozen=True)
class GoogLeNetConfig(NetworkConfig):
    """Hyperparameters of networks of Inception modules."""

    stem: str = choice(
        *STEMS,
        help="7x7 and 3x3 convolutions that leave an eighth of a large image's side (with the "
        "pooling after them), or one 3x3 that leaves half of a small one's.",
    )
    reductions: bool = flag(
        default=True, help="1x1 convolutions before the 3x3 and 5x5 (Figure 2b); without: naive."
    )
    large_kernel: int = choice(
        3, 5, default=5, unit="px", help="Side of a module's largest filters: 5; torchvision has 3."
    )
    width: float = choice(
        0.25, 0.5, 0.75, 1.0, 1.5, 2.0, default=1.0, help="Factor on the channels of all modules."
    )
    batch_norm: bool = flag(
        default=False, help="Batch normalisation after every convolution (not in the paper)."
    )
    response_norm: bool = flag(
        default=True, help="Local response normalisation in the stem (Figure 3)."
    )
    last_pooling: int = choice(
        2, 3, default=3, unit="px", help="Side of the last max pooling: 3; torchvision has 2."
    )
    auxiliary: bool = flag(
        default=False, help="Two classifiers on modules 4a and 4d, used in training only."
    )
    dropout: float = tenths(0, 7, default=0.4, help="Before the linear layer.")

    @property
    def norm(self) -> Callable[[int], nn.Module] | None:
        """What normalises after every convolution, if anything."""
        return partial(nn.BatchNorm2d, eps=0.001) if self.batch_norm else None


def reduced(
    config: GoogLeNetConfig, in_channels: int, between: int, out_channels: int, kernel_size: int
) -> nn.Sequential:
    """A convolution after a 1x1 reduction; without the reduction if naive."""
    if not config.reductions:
        return convolution(in_channels, out_channels, kernel_size, norm=config.norm)
    return named(
        reduce=convolution(in_channels, between, 1, norm=config.norm),
        expand=convolution(between, out_channels, kernel_size, norm=config.norm),
    )


class Inception(Branches):
    """The module of Figure 2b, or 2a without reductions; ``numbers`` is its row of Table 1."""

    def __init__(self, config: GoogLeNetConfig, in_channels: int, numbers: Sequence[int]) -> None:
        ones, before3, threes, before5, fives, projected = (
            round(number * config.width) for number in numbers
        )
        pooled: dict[str, nn.Module] = {"pool": nn.MaxPool2d(3, 1, padding=1)}
        if config.reductions:
            pooled["project"] = convolution(in_channels, projected, 1, norm=config.norm)
        super().__init__(
            branch_1x1=convolution(in_channels, ones, 1, norm=config.norm),
            branch_3x3=reduced(config, in_channels, before3, threes, 3),
            branch_5x5=reduced(config, in_channels, before5, fives, config.large_kernel),
            branch_pool=named(**pooled),
        )
        last = projected if config.reductions else in_channels
        self.out_channels = ones + threes + fives + last


def stem(config: GoogLeNetConfig, in_channels: int) -> nn.Sequential:
    """Figure 3 up to the second max pooling, or one 3x3 convolution."""
    if config.stem == "cifar":
        return convolution(in_channels, STEM_CHANNELS, 3, norm=config.norm)
    normalise = response_norm if config.response_norm else nn.Identity
    return named(
        conv1=convolution(in_channels, 64, 7, 2, norm=config.norm),
        pool=nn.MaxPool2d(3, 2, ceil_mode=True),
        lrn1=normalise(),
        conv2=convolution(64, 64, 1, norm=config.norm),
        conv3=convolution(64, STEM_CHANNELS, 3, norm=config.norm),
        lrn2=normalise(),
    )


def stage(
    config: GoogLeNetConfig, channels: int, names: Sequence[str]
) -> tuple[nn.Sequential, int]:
    """Modules, after max pooling if the resolution drops here, and their output channels."""
    layers: dict[str, nn.Module] = {}
    if names[0] in POOLED:
        side = config.last_pooling if names[0] == POOLED[-1] else 3
        layers["pool"] = nn.MaxPool2d(side, 2, ceil_mode=True)
    for name in names:
        module = Inception(config, channels, MODULES[name])
        layers[f"inception{name}"], channels = module, module.out_channels
    return named(**layers), channels


def auxiliary_head(config: GoogLeNetConfig, in_channels: int, num_classes: int) -> nn.Sequential:
    """Section 5: 5x5 pooling of stride 3, 128 1x1 filters, 1024 units, 70 % dropout."""
    return named(
        resize=nn.AdaptiveAvgPool2d(14),
        pool=nn.AvgPool2d(5, 3),
        conv=convolution(in_channels, 128, 1, norm=config.norm),
        flatten=nn.Flatten(),
        linear1=nn.Linear(128 * 4 * 4, 1024),
        relu=nn.ReLU(),
        dropout=nn.Dropout(0.7),
        linear2=nn.Linear(1024, num_classes),
    )


class GoogLeNet(Network):
    """Stem, nine Inception modules, global average pooling and one linear layer (Table 1)."""

    def __init__(self, config: GoogLeNetConfig, in_channels: int, num_classes: int) -> None:
        channels, stages, auxiliary = STEM_CHANNELS, [], {}
        for index, names in enumerate(STAGES):
            modules, channels = stage(config, channels, names)
            stages.append(modules)
            if config.auxiliary and names[-1] in AUXILIARY:
                auxiliary[index] = auxiliary_head(config, channels, num_classes)
        head = global_average_head(channels, num_classes, config.dropout)
        super().__init__(stem(config, in_channels), stages, head, auxiliary)
        self.initialise(config, convolution=xavier, linear=xavier)


ARCHITECTURE = Architecture(
    title="GoogLeNet",
    year=2014,
    paper="Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich: Going Deeper "
    "with Convolutions, CVPR 2015",
    idea="1x1, 3x3 and 5x5 filters side by side, each after a cheap 1x1 that reduces its channels.",
    network=GoogLeNet,
    variants={
        "googlenet": Variant("GoogLeNet", GoogLeNetConfig()),
        "googlenet_aux": Variant("GoogLeNet with auxiliary heads", GoogLeNetConfig(auxiliary=True)),
        "googlenet_torchvision": Variant(
            "GoogLeNet (torchvision)",
            GoogLeNetConfig(
                large_kernel=3, batch_norm=True, response_norm=False, last_pooling=2, dropout=0.2
            ),
            half_normalised=True,
            torchvision="googlenet",
        ),
    },
)
