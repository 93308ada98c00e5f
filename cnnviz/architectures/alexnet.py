"""ImageNet Classification with Deep Convolutional Neural Networks (Krizhevsky et al.; 2012).

https://papers.nips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html

Krizhevsky, Sutskever, Hinton. Section 3.5 and Figure 2 give the layers, split over two GPUs;
section 3.1 is ReLU, 3.3 local response normalisation, 3.4 overlapping pooling, 4.2 dropout, and
section 5 the initialisation. ``alexnet_torchvision`` is the usual AlexNet: one tower without
normalisation, with the channels of Krizhevsky's One Weird Trick paper (2014, arXiv:1404.5997).

Deviations:
    Figure 2 says 224 px, which 11x11 filters of stride 4 do not fit; a padding of 2 gives the
    55x55 maps that the later layers need (other code crops 227 px instead).
    The caption of Figure 2 prints 253,440 neurons in the first layer; 55 x 55 x 96 are 290,400,
    and only with these does the network have the 650,000 neurons of section 1.
    The paper says 60 million parameters; they are 60.97 million.
    Normalisation reads across the seam of the two towers, as the formula does (N is the number of
    all kernels of the layer); the paper does not say whether the GPUs did.
    Dropout acts on the outputs of the two hidden linear layers (section 4.2); torchvision drops
    the inputs of the same layers. When the network is used this makes no difference.
    For inputs other than 224 px the last feature map is pooled to 6x6 (as torchvision does). The
    stem for small images is ours: 5x5 filters of stride 1, and the last map is pooled to 3x3.
"""

from dataclasses import dataclass

from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import ACTIVATIONS, STEMS, linear_head, named, response_norm
from cnnviz.architectures.initialisation import gaussian
from cnnviz.hyperparameters import choice, flag, tenths

# Kernels of conv1 to conv5: section 3.5; and the One Weird Trick paper (2014).
KERNELS = {"2012": (96, 256, 384, 384, 256), "2014": (64, 192, 384, 256, 256)}
# Section 5: biases that are 1, to give the ReLUs positive inputs early in training.
ONES = ("conv2.bias", "conv4.bias", "conv5.bias", "linear1.bias", "linear2.bias")
# Side of the map that the first linear layer reads.
MAP_SIDE = {"imagenet": 6, "cifar": 3}


@dataclass(frozen=True)
class AlexNetConfig(NetworkConfig):
    """Hyperparameters of AlexNet."""

    stem: str = choice(
        *STEMS,
        help="11x11 filters of stride 4 for large images, or 5x5 of stride 1 for small ones.",
    )
    kernels: str = choice(
        *KERNELS,
        default="2012",
        help="Channels of the five convolutions: 96-256-384-384-256 (2012) or "
        "64-192-384-256-256 (2014, torchvision).",
    )
    width: float = choice(
        0.25, 0.5, 1.0, 2.0, default=1.0, help="Factor on the channels of every convolution."
    )
    towers: int = choice(
        1, 2, default=2, help="Groups in conv2, conv4 and conv5: the two GPUs of the paper, or one."
    )
    response_norm: bool = flag(
        default=True, help="Local response normalisation after conv1 and conv2."
    )
    pooling: str = choice("overlapping", "plain", help="3x3 or 2x2 windows, of stride 2.")
    activation: str = choice(
        *ACTIVATIONS, default="relu", help="The paper's Figure 1 compares ReLU and tanh."
    )
    hidden_units: int = choice(
        256, 512, 1024, 2048, 4096, default=4096, unit="units", help="Of both hidden linear layers."
    )
    dropout: float = tenths(0, 7, default=0.5, help="After both hidden linear layers.")


def pooling(config: AlexNetConfig) -> nn.MaxPool2d:
    """Max pooling with windows of z = 3 or 2 and stride s = 2 (section 3.4)."""
    return nn.MaxPool2d(3 if config.pooling == "overlapping" else 2, 2)


def activated(config: AlexNetConfig, **convolutions: nn.Conv2d) -> dict[str, nn.Module]:
    """Each convolution with its non-linearity."""
    layers: dict[str, nn.Module] = {}
    for name, convolution in convolutions.items():
        layers[name] = convolution
        layers[name.replace("conv", config.activation)] = ACTIVATIONS[config.activation]()
    return layers


def normalised(config: AlexNetConfig) -> dict[str, nn.Module]:
    """Local response normalisation, if the configuration has it."""
    return {"norm": response_norm()} if config.response_norm else {}


class AlexNet(Network):
    """Five convolutions at three resolutions and three linear layers (Figure 2)."""

    def __init__(self, config: AlexNetConfig, in_channels: int, num_classes: int) -> None:
        c1, c2, c3, c4, c5 = (int(kernels * config.width) for kernels in KERNELS[config.kernels])
        towers = config.towers
        if config.stem == "imagenet":
            conv1 = nn.Conv2d(in_channels, c1, 11, 4, padding=2)
        else:
            conv1 = nn.Conv2d(in_channels, c1, 5, padding=2)
        conv2 = nn.Conv2d(c1, c2, 5, padding=2, groups=towers)
        conv3 = nn.Conv2d(c2, c3, 3, padding=1)
        conv4 = nn.Conv2d(c3, c4, 3, padding=1, groups=towers)
        conv5 = nn.Conv2d(c4, c5, 3, padding=1, groups=towers)
        stem = named(**activated(config, conv1=conv1), **normalised(config))
        stages = (
            named(pool=pooling(config), **activated(config, conv2=conv2), **normalised(config)),
            named(
                pool=pooling(config),
                **activated(config, conv3=conv3, conv4=conv4, conv5=conv5),
            ),
        )
        head = linear_head(
            pooling(config),
            c5,
            MAP_SIDE[config.stem],
            num_classes,
            hidden_units=config.hidden_units,
            dropout=config.dropout,
            activation=config.activation,
        )
        super().__init__(stem, stages, head)
        self.initialise(config, convolution=gaussian, linear=gaussian)
        if config.initialisation == "paper":
            for name, parameter in self.named_parameters():
                if name.endswith(ONES):
                    nn.init.ones_(parameter)


ARCHITECTURE = Architecture(
    title="AlexNet",
    year=2012,
    paper="Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural "
    "Networks, NIPS 2012",
    idea="ReLU, dropout and two GPUs: a large convolutional network wins ImageNet by far.",
    network=AlexNet,
    variants={
        "alexnet": Variant("AlexNet", AlexNetConfig()),
        "alexnet_torchvision": Variant(
            "AlexNet (torchvision)",
            AlexNetConfig(kernels="2014", towers=1, response_norm=False),
            torchvision="alexnet",
            year=2014,
        ),
    },
)
