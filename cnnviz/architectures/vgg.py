"""Very Deep Convolutional Networks for Large-Scale Image Recognition (Simonyan, Zisserman; 2014).

https://arxiv.org/abs/1409.1556 (ICLR 2015)

Table 1 gives configurations A, A-LRN, B, C, D and E, Table 2 their parameters. The
usual "VGG-16" is D, "VGG-19" is E.

Deviations:
    Section 3.1 draws the weights of A, and what the deeper networks do not take from it, with a
    variance of 10^-2 (a standard deviation of 0.1). As printed the logits of VGG-19 spread by 3e9,
    with a standard deviation of 10^-2 by 8e-10: neither learns from the start. The section's
    alternative is built, Glorot and Bengio's initialisation; ``initialisation="gaussian-0.1"`` is
    the printed one.
    ``batch_norm`` and the ``_bn`` variants are torchvision's; the paper predates batch
    normalisation.
    For inputs other than 224 px the last feature map is pooled to 7x7 (as torchvision does), so
    that the first linear layer keeps its shape; at 224 px this changes nothing.
    The pooling that closes a stage in Table 1 opens the next stage here (the last one, the head),
    so that a stage is a run of layers at one resolution. The order of the layers is the paper's.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace

from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import linear_head, response_norm
from cnnviz.architectures.initialisation import xavier
from cnnviz.hyperparameters import choice, flag, steps, tenths

# Table 1: convolutions in each of the five stages.
DEPTHS = {
    "A": (1, 1, 2, 2, 2),
    "A-LRN": (1, 1, 2, 2, 2),
    "B": (2, 2, 2, 2, 2),
    "C": (2, 2, 3, 3, 3),
    "D": (2, 2, 3, 3, 3),
    "E": (2, 2, 4, 4, 4),
}
# Table 1: conv3-64, -128, -256, -512, -512, as multiples of the first stage's channels.
WIDTHS = (1, 2, 4, 8, 8)


@dataclass(frozen=True)
class VGGConfig(NetworkConfig):
    """Hyperparameters of VGG networks."""

    configuration: str = choice(
        *DEPTHS, default="D", help="Column of the paper's Table 1; D is VGG-16, E is VGG-19."
    )
    batch_norm: bool = flag(
        default=False, help="Batch normalisation after every convolution (not in the paper)."
    )
    kernel_size: int = choice(
        1, 3, 5, 7, default=3, unit="px", help="Side of every filter; the paper's point is 3."
    )
    width: int = steps(
        16, 128, 16, default=64, unit="channels", help="Channels in stage 1; at most 8 x."
    )
    hidden_units: int = choice(
        256, 512, 1024, 2048, 4096, default=4096, unit="units", help="Of both hidden linear layers."
    )
    dropout: float = tenths(0, 7, default=0.5, help="After both hidden linear layers.")


def stage(config: VGGConfig, index: int, in_channels: int) -> nn.Sequential:
    """A column section of Table 1: pooling (except before the first stage), then convolutions."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    if index > 0:
        layers["pool"] = nn.MaxPool2d(2, 2)
    out_channels = config.width * WIDTHS[index]
    for number in range(1, DEPTHS[config.configuration][index] + 1):
        is_1x1 = config.configuration == "C" and number == 3
        size = 1 if is_1x1 else config.kernel_size
        layers[f"conv{number}"] = nn.Conv2d(in_channels, out_channels, size, padding=size // 2)
        if config.batch_norm:
            layers[f"norm{number}"] = nn.BatchNorm2d(out_channels)
        layers[f"relu{number}"] = nn.ReLU()
        in_channels = out_channels
    if config.configuration == "A-LRN" and index == 0:
        layers["lrn"] = response_norm()  # section 2.1
    return nn.Sequential(layers)


class VGG(Network):
    """Five stages of convolutions and three linear layers; there is no stem."""

    def __init__(self, config: VGGConfig, in_channels: int, num_classes: int) -> None:
        channels = [in_channels, *(config.width * factor for factor in WIDTHS)]
        stages = [stage(config, index, channels[index]) for index in range(len(WIDTHS))]
        # Table 1: maxpool, FC-4096, FC-4096, FC-1000.
        pool, units, dropout = nn.MaxPool2d(2, 2), config.hidden_units, config.dropout
        head = linear_head(pool, channels[-1], 7, num_classes, hidden_units=units, dropout=dropout)
        super().__init__(nn.Identity(), stages, head)
        # Section 3.1: Glorot and Bengio's initialisation makes the pre-training from A unnecessary.
        self.initialise(config, convolution=xavier, linear=xavier)


A, B, C, D, E = (VGGConfig(letter) for letter in "ABCDE")


def batch_normalised(title: str, config: VGGConfig, torchvision: str) -> Variant:
    """torchvision's batch-normalised version of a configuration."""
    return Variant(f"{title} BN", replace(config, batch_norm=True), torchvision=torchvision)


ARCHITECTURE = Architecture(
    title="VGG",
    year=2014,
    paper="Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image "
    "Recognition, ICLR 2015",
    idea="Only 3x3 convolutions, stacked: two see 5x5, three see 7x7, with fewer parameters.",
    network=VGG,
    variants={
        "vgg11": Variant("VGG-11 (A)", A, torchvision="vgg11"),
        "vgg11_lrn": Variant("VGG-11 (A-LRN)", VGGConfig("A-LRN")),
        "vgg13": Variant("VGG-13 (B)", B, torchvision="vgg13"),
        "vgg16_c": Variant("VGG-16 (C)", C),
        "vgg16": Variant("VGG-16 (D)", D, torchvision="vgg16"),
        "vgg19": Variant("VGG-19 (E)", E, torchvision="vgg19"),
        "vgg11_bn": batch_normalised("VGG-11", A, "vgg11_bn"),
        "vgg13_bn": batch_normalised("VGG-13", B, "vgg13_bn"),
        "vgg16_bn": batch_normalised("VGG-16", D, "vgg16_bn"),
        "vgg19_bn": batch_normalised("VGG-19", E, "vgg19_bn"),
    },
)
