"""Visualizing and Understanding Convolutional Networks (Zeiler, Fergus; 2013; ECCV 2014).

https://arxiv.org/abs/1311.2901

Figure 3 gives the layers, section 3 the training, section 4.1 why AlexNet's first layers changed:
its visualised 11x11 filters of stride 4 showed dead features and aliasing. ``zfnet_512`` has 512,
1024 and 512 maps in layers 3, 4 and 5 (Table 2, model b).

Deviations:
    Figure 3 gives sizes, not paddings. A padding of 1 in layer 1, none in layer 2 and pooling that
    rounds up give its sides: 110, 55, 26, 13, 6.
    Figure 3 says "contrast norm" across feature maps without a formula; AlexNet's local response
    normalisation stands for it.
    Section 3 initialises all weights "to 10^-2", which would keep all filters of a layer equal
    for ever; it is read as AlexNet's N(0, 0.01^2). Biases are 0.
    Section 3 also scales first-layer filters of too large a norm back during training: not done.
    For inputs other than 224 px the last feature map is pooled to 6x6. The stem for small images
    is ours: layers 1 and 2 with stride 1, and the last map is pooled to 3x3.
"""

from dataclasses import dataclass

from torch import nn

from cnnviz.architectures.alexnet import MAP_SIDE
from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import STEMS, linear_head, named, response_norm
from cnnviz.architectures.initialisation import gaussian
from cnnviz.hyperparameters import choice, flag, tenths

# Maps of layers 3, 4 and 5: Figure 3; and Table 2, model (b).
MAPS = {"384-384-256": (384, 384, 256), "512-1024-512": (512, 1024, 512)}


@dataclass(frozen=True)
class ZFNetConfig(NetworkConfig):
    """Hyperparameters of ZFNet."""

    stem: str = choice(
        *STEMS, help="Strides of 2 in layers 1 and 2 for large images, or of 1 for small ones."
    )
    kernel_size: int = choice(
        3, 5, 7, 9, 11, default=7, unit="px", help="Side of the first layer's filters."
    )
    maps: str = choice(*MAPS, default="384-384-256", help="Channels of layers 3, 4 and 5.")
    response_norm: bool = flag(
        default=True, help="Normalisation across feature maps after layers 1 and 2."
    )
    hidden_units: int = choice(
        *(256, 512, 1024, 2048, 4096, 8192),
        default=4096,
        unit="units",
        help="Units of both hidden linear layers, which the paper's Table 3 varies.",
    )
    dropout: float = tenths(0, 7, default=0.5, help="After both hidden linear layers.")


def pooled(config: ZFNetConfig) -> dict[str, nn.Module]:
    """Max pooling within 3x3 regions of stride 2, then normalisation (Figure 3)."""
    pool: dict[str, nn.Module] = {"pool": nn.MaxPool2d(3, 2, ceil_mode=True)}
    return pool | ({"norm": response_norm()} if config.response_norm else {})


class ZFNet(Network):
    """Layers 1 to 5 are convolutions, 6 to 8 linear (Figure 3)."""

    def __init__(self, config: ZFNetConfig, in_channels: int, num_classes: int) -> None:
        is_small, size = config.stem == "cifar", config.kernel_size
        if is_small:
            conv1 = nn.Conv2d(in_channels, 96, size, padding=size // 2)
            conv2 = nn.Conv2d(96, 256, 5, padding=2)
        else:
            conv1 = nn.Conv2d(in_channels, 96, size, 2, padding=1)
            conv2 = nn.Conv2d(96, 256, 5, 2)
        c3, c4, c5 = MAPS[config.maps]
        stem = named(conv1=conv1, relu1=nn.ReLU(), **pooled(config))
        stages = (
            named(conv2=conv2, relu2=nn.ReLU()),
            named(
                **pooled(config),
                conv3=nn.Conv2d(256, c3, 3, padding=1),
                relu3=nn.ReLU(),
                conv4=nn.Conv2d(c3, c4, 3, padding=1),
                relu4=nn.ReLU(),
                conv5=nn.Conv2d(c4, c5, 3, padding=1),
                relu5=nn.ReLU(),
            ),
        )
        side, units, dropout = MAP_SIDE[config.stem], config.hidden_units, config.dropout
        pool = nn.MaxPool2d(3, 2)
        head = linear_head(pool, c5, side, num_classes, hidden_units=units, dropout=dropout)
        super().__init__(stem, stages, head)
        self.initialise(config, convolution=gaussian, linear=gaussian)


ARCHITECTURE = Architecture(
    title="ZFNet",
    year=2013,
    paper="Zeiler, Fergus: Visualizing and Understanding Convolutional Networks, ECCV 2014",
    idea="Visualise what filters respond to, and refine AlexNet: smaller filters, smaller strides.",
    network=ZFNet,
    variants={
        "zfnet": Variant("ZFNet", ZFNetConfig()),
        "zfnet_512": Variant("ZFNet 512-1024-512", ZFNetConfig(maps="512-1024-512")),
    },
)
