"""Deeply-Supervised Nets (Lee, Xie, Gallagher, Zhang, Tu; 2014; AISTATS 2015).

https://arxiv.org/abs/1409.5185

Section 2 adds a companion objective to every hidden layer: a classifier of its own reads the
layer's maps, and its error is added to the network's (equation 3). For CIFAR-10 (section 3.2) the
network is Network In Network's; details are from the authors' file (https://github.com/s9xie/DSN,
examples/best_cifar10_9.65). Companions exist in training only: the trained network is NIN.

Deviations:
    The authors minimise squared hinge losses (L2-SVM), of companions and output alike, on CIFAR-10
    and softmax losses elsewhere; the heads here give logits, and the loss is the training's.
    Companions read whole maps, as in the authors' file, so the network is made for 32 px.
    ``companions="pooled"`` (averages of the maps) is ours and opens at any size.
    arXiv's version prints 9.78 and 8.22 % on CIFAR-10; the figures here are those of AISTATS.
"""

from dataclasses import dataclass
from functools import partial

from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import global_average_head, micro_network, named
from cnnviz.architectures.initialisation import xavier
from cnnviz.architectures.nin import LAYERS
from cnnviz.hyperparameters import choice, tenths

# Side of the image that the companions read.
RESOLUTION = 32


@dataclass(frozen=True)
class DeeplySupervisedConfig(NetworkConfig):
    """Hyperparameters of the deeply-supervised Network In Network."""

    companions: str = choice(
        "linear",
        "pooled",
        "none",
        help="Classifiers of the three hidden convolutions, in training: on all of their maps, on "
        "averages of the maps, or none (Network In Network).",
    )
    width: float = choice(
        0.25, 0.5, 1.0, 2.0, default=1.0, help="Factor on the channels of every convolution."
    )
    dropout: float = tenths(0, 7, default=0.5, help="After each pooling.")


def companion(option: str, channels: int, side: int, num_classes: int) -> nn.Sequential:
    """The companion classifier of one hidden layer (section 2.2)."""
    if option == "pooled":
        return global_average_head(channels, num_classes)
    return named(flatten=nn.Flatten(), linear=nn.Linear(channels * side**2, num_classes))


class DeeplySupervisedNet(Network):
    """Network In Network with a companion classifier on each hidden convolution."""

    def __init__(self, config: DeeplySupervisedConfig, in_channels: int, num_classes: int) -> None:
        stages: list[nn.Module] = []
        companions: dict[int, nn.Module] = {}
        for index, layer in enumerate(LAYERS["cifar"]):
            channels, *micro = (int(config.width * maps) for maps in layer.maps)
            first: dict[str, nn.Module] = {}
            if index > 0:
                first["pool"] = nn.MaxPool2d(3, 2, ceil_mode=True)
                first["dropout"] = nn.Dropout(config.dropout)
            if config.companions != "none":
                side = RESOLUTION // 2**index
                companions[len(stages)] = companion(config.companions, channels, side, num_classes)
            size, padding = layer.kernel_size, layer.padding
            first["conv"] = nn.Conv2d(in_channels, channels, size, padding=padding)
            layers = micro_network(channels, *filter(None, micro))
            if not micro[-1]:  # one map a class, without ReLU
                layers["mlp2"] = nn.Conv2d(micro[0], num_classes, 1)
            stages += [named(**first), named(**layers)]
            in_channels = micro[-1]
        head = named(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten())
        super().__init__(nn.Identity(), stages, head, companions)
        self.initialise(config, convolution=partial(nn.init.normal_, std=0.05), linear=xavier)


ARCHITECTURE = Architecture(
    title="Deeply supervised net",
    year=2014,
    paper="Lee, Xie, Gallagher, Zhang, Tu: Deeply-Supervised Nets, AISTATS 2015",
    idea="Every hidden layer has a classifier in training, so that early layers learn directly.",
    network=DeeplySupervisedNet,
    variants={"dsn_cifar": Variant.cifar("DSN (CIFAR)", DeeplySupervisedConfig())},
)
