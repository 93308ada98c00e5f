"""Network In Network (Lin, Chen, Yan; 2013; ICLR 2014).

https://arxiv.org/abs/1312.4400

Section 3.1 is the mlpconv layer (equation 2, Figure 1), section 3.2 global average pooling, section
3.3 the network (Figure 2). The paper gives no widths; they are those of the authors' files:
``nin_cifar`` of https://github.com/mavenlin/cuda-convnet (NIN/cifar-10_def), ``nin`` of the model
zoo of Caffe (NIN-Imagenet), which is later than the paper and has four mlpconv layers.

Deviations:
    Section 3.3 puts dropout after all but the last mlpconv layers; the ImageNet file has it before
    the last one alone, and so has ``nin``.
    The linear head that the paper compares with (Table 5) reads the class maps, so its input size
    is that of the published images: 32 px or 224 px.
"""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import micro_network, named
from cnnviz.architectures.initialisation import draw_weights, reinitialise
from cnnviz.hyperparameters import choice, tenths


class MlpConv(NamedTuple):
    """An mlpconv layer as in the authors' files; 0 maps mean one per class.

    Attributes:
        maps: Maps of the convolution and of the two 1x1 convolutions that follow.
        deviations: Standard deviations of their initial weights.
        dropout: Whether dropout precedes the layer.
    """

    kernel_size: int
    stride: int
    padding: int
    maps: tuple[int, int, int]
    deviations: tuple[float, float, float]
    dropout: bool = False


LAYERS = {
    "imagenet": (
        MlpConv(11, 4, 0, (96, 96, 96), (0.01, 0.05, 0.05)),
        MlpConv(5, 1, 2, (256, 256, 256), (0.05, 0.05, 0.05)),
        MlpConv(3, 1, 1, (384, 384, 384), (0.01, 0.05, 0.05)),
        MlpConv(3, 1, 1, (1024, 1024, 0), (0.05, 0.05, 0.01), dropout=True),
    ),
    "cifar": (
        MlpConv(5, 1, 2, (192, 160, 96), (0.05, 0.05, 0.05)),
        MlpConv(5, 1, 2, (192, 192, 192), (0.05, 0.05, 0.05), dropout=True),
        MlpConv(3, 1, 1, (192, 192, 0), (0.05, 0.05, 0.05), dropout=True),
    ),
}
# Side of the class maps at 224 px and at 32 px.
MAP_SIDE = {"imagenet": 6, "cifar": 8}


@dataclass(frozen=True)
class NINConfig(NetworkConfig):
    """Hyperparameters of Network In Network."""

    layers: str = choice(
        *LAYERS, default="imagenet", help="Four mlpconv layers for ImageNet, or three for CIFAR."
    )
    mlp_layers: int = choice(
        0,
        1,
        2,
        default=2,
        help="1x1 convolutions after each convolution: the network in the network. 0 means plain "
        "convolutions.",
    )
    width: float = choice(
        0.25, 0.5, 1.0, 2.0, default=1.0, help="Factor on the channels of every convolution."
    )
    head: str = choice(
        "average",
        "linear",
        help="Global average pooling of one map per class, or a linear layer on those maps.",
    )
    dropout: float = tenths(0, 7, default=0.5, help="Between mlpconv layers.")


def maps_of(layer: MlpConv, config: NINConfig, num_classes: int) -> list[int]:
    """Maps of the convolution and of its micro network, which a shorter one ends with."""
    maps = [int(config.width * number) or num_classes for number in layer.maps]
    return maps[2 - config.mlp_layers :]


def mlpconv(
    layer: MlpConv, in_channels: int, maps: list[int], dropout: float, pool: bool
) -> nn.Sequential:
    """Pooling, a convolution and its micro network (equation 2)."""
    first: dict[str, nn.Module] = {}
    if pool:
        first["pool"] = nn.MaxPool2d(3, 2, ceil_mode=True)
    if layer.dropout:
        first["dropout"] = nn.Dropout(dropout)
    conv = nn.Conv2d(in_channels, maps[0], layer.kernel_size, layer.stride, layer.padding)
    return named(**first, conv=conv, **micro_network(*maps))


class NIN(Network):
    """mlpconv layers ending in one map per class, whose averages are the logits."""

    def __init__(self, config: NINConfig, in_channels: int, num_classes: int) -> None:
        layers, stages = LAYERS[config.layers], []
        for index, layer in enumerate(layers):
            maps = maps_of(layer, config, num_classes)
            stages.append(mlpconv(layer, in_channels, maps, config.dropout, pool=index > 0))
            in_channels = maps[-1]
        if config.head == "average":
            head = named(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten())
        else:
            features = num_classes * MAP_SIDE[config.layers] ** 2
            head = named(flatten=nn.Flatten(), linear=nn.Linear(features, num_classes))
        super().__init__(nn.Identity(), stages, head)
        for layer, stage in zip(layers, stages, strict=True):
            convolutions = [module for module in stage if isinstance(module, nn.Conv2d)]
            for convolution, std in zip(convolutions, layer.deviations, strict=False):
                draw_weights(convolution, convolution=partial(nn.init.normal_, std=std))
        reinitialise(self, config.initialisation)


ARCHITECTURE = Architecture(
    title="NIN",
    year=2013,
    paper="Lin, Chen, Yan: Network In Network, ICLR 2014",
    idea="A small perceptron slides over the image, and averages of maps replace linear layers.",
    network=NIN,
    variants={
        "nin": Variant("NIN", NINConfig()),
        "nin_cifar": Variant.cifar("NIN (CIFAR)", NINConfig("cifar")),
    },
)
