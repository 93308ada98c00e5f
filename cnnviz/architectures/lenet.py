"""Gradient-Based Learning Applied to Document Recognition (LeCun, Bottou, Bengio, Haffner; 1998).

https://doi.org/10.1109/5.726791 (Proceedings of the IEEE 86)

Section II.B describes LeNet-5 layer by layer (Figure 2), Table I says which maps of S2 each map of
C3 reads, Appendix A gives the squashing function and the initialisation. Its 60,000 parameters make
340,908 connections. ``lenet5_full`` is what most code calls LeNet-5: C3 reads all maps, pooling is
plain, units are rectified (so it is initialised by He's rule) and the output is linear.

Deviations:
    The paper shows the target codes of the output units as images (Figure 3). The 7x12 digits
    here are drawn anew in that style. They are fixed; the paper adapts them late in training.
    The paper writes the output as a distance y; the logits are -y, so that the nearest code wins
    and the softmax of the logits is the posterior of equation 9 without its rubbish class.
    The output knows codes of ten digits. Fewer classes use the first of them; further classes get
    random codes of -1 and +1, which the paper names as the alternative.
    C5 is a convolution, as in the paper, but F6 makes one answer of it: other image sizes than
    32 px are refused (the paper's section VII slides the network over larger images).
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import torch
from torch import nn
from torch.nn import functional

from cnnviz.architectures.base import Architecture, Layer, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import ACTIVATIONS, named
from cnnviz.architectures.initialisation import INITIALISERS
from cnnviz.hyperparameters import choice

# Table I: the maps of S2 that each of the 16 maps of C3 reads.
C3_INPUTS = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)
# Figure 3: each digit on 7x12 pixels, the target of the 84 units of F6.
DIGITS = (
    "....... ....... ....... ....... ....... ....... ....... ....... ....... .......",
    "..###.. ...##.. .#####. .#####. ....##. ####### ..####. ####### .#####. .#####.",
    ".##.##. ..###.. ##...## ##...## ...###. ##..... .##.... .....## ##...## ##...##",
    "##...## .####.. .....## .....## ..####. ##..... ##..... ....##. ##...## ##...##",
    "##...## ...##.. ....##. .....## .##.##. ######. ######. ....##. ##...## ##...##",
    "##...## ...##.. ...##.. ..####. ##..##. .....## ##...## ...##.. .#####. .######",
    "##...## ...##.. ..##... .....## ####### .....## ##...## ...##.. ##...## .....##",
    "##...## ...##.. .##.... .....## ....##. .....## ##...## ..##... ##...## .....##",
    ".##.##. ...##.. ##..... ##...## ....##. ##...## ##...## ..##... ##...## ....##.",
    "..###.. .###### ####### .#####. ....##. .#####. .#####. ..##... .#####. .####..",
    "....... ....... ....... ....... ....... ....... ....... ....... ....... .......",
    "....... ....... ....... ....... ....... ....... ....... ....... ....... .......",
)
F6_UNITS = 7 * 12


@dataclass(frozen=True)
class LeNetConfig(NetworkConfig):
    """Hyperparameters of LeNet-5."""

    activation: str = choice(
        "scaled_tanh",
        *ACTIVATIONS,
        help="The squashing function; the paper's is 1.7159 tanh(2/3 a).",
    )
    pooling: str = choice(
        "trainable",
        "average",
        "max",
        help="S2 and S4: a coefficient and a bias per map, squashed (the paper), or plain pooling.",
    )
    c3: str = choice(
        "table",
        "full",
        help="C3 reads the maps given in the paper's Table I, or all maps.",
    )
    output: str = choice(
        "rbf",
        "linear",
        help="Distances to fixed codes that look like the digits (the paper), or a linear layer.",
    )


class ScaledTanh(Layer):
    """f(a) = A tanh(S a) with A = 1.7159, S = 2/3: f(1) = 1, f(-1) = -1 (equation 6)."""

    kind = "scaled tanh"
    role = "activation"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 1.7159 * torch.tanh(2 / 3 * x)


class Subsampling(Layer):
    """The sum of 2x2 units, times a coefficient, plus a bias, one of each per map (II.B)."""

    kind = "subsampling"
    keeps_channels = True
    kernel_size = 2
    stride = 2

    def __init__(self, channels: int) -> None:
        super().__init__()
        bound = 2.4 / self.kernel_size**2
        self.coefficient = nn.Parameter(torch.empty(channels).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        total = self.kernel_size**2 * functional.avg_pool2d(x, self.kernel_size)
        return total * self.coefficient[:, None, None] + self.bias[:, None, None]


class TableConvolution(Layer):
    """A 5x5 convolution with a partial connection table, one kernel per connection."""

    kind = "convolution (Table I)"
    has_filters = True
    kernel_size = 5

    def __init__(self, inputs: tuple[tuple[int, ...], ...]) -> None:
        super().__init__()
        self.counts = [len(maps) for maps in inputs]
        self.sources = [source for maps in inputs for source in maps]
        self.targets = [target for target, maps in enumerate(inputs) for _ in maps]
        size = self.kernel_size
        self.weight = nn.Parameter(torch.zeros(len(self.sources), 1, size, size))
        self.bias = nn.Parameter(torch.zeros(len(inputs)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        read = functional.conv2d(x[:, self.sources], self.weight, groups=len(self.sources))
        maps = [connections.sum(dim=1) for connections in read.split(self.counts, dim=1)]
        return torch.stack(maps, dim=1) + self.bias[:, None, None]

    def macs(self, output_shape: tuple[int, ...]) -> int:
        """Multiply-accumulates of its connections: 60 x 5 x 5 x 10 x 10 in C3."""
        return self.weight.numel() * output_shape[1] * output_shape[2]

    def initialise(self, draw: Callable[[torch.Tensor], torch.Tensor]) -> None:
        """Initialise all connections and keep those in the table."""
        full = draw(torch.empty(len(self.counts), 1 + max(self.sources), *self.weight.shape[2:]))
        with torch.no_grad():
            self.weight.copy_(full[self.targets, self.sources].unsqueeze(1))


class RadialBasisOutput(Layer):
    """Logits -y with y_i = sum_j (x_j - w_ij)^2, the w fixed codes of -1 and +1 (equation 7)."""

    kind = "RBF"
    codes: torch.Tensor

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.out_features = num_classes
        self.register_buffer("codes", codes(num_classes))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return -(x[:, None] - self.codes).square().sum(dim=2)


def codes(num_classes: int) -> torch.Tensor:
    """(num_classes, 84) of -1 and +1: the digits row by row, then random codes."""
    drawn = [[row[8 * digit : 8 * digit + 7] for row in DIGITS] for digit in range(10)]
    digits = [[1.0 if pixel == "#" else -1.0 for pixel in "".join(rows)] for rows in drawn]
    random = Random(0)
    further = [random.choices((-1.0, 1.0), k=F6_UNITS) for _ in range(10, num_classes)]
    return torch.tensor((digits + further)[:num_classes])


def squashing(config: LeNetConfig) -> nn.Module:
    """The squashing function f (Appendix A), or a later one."""
    return (ACTIVATIONS | {"scaled_tanh": ScaledTanh})[config.activation]()


def subsampling(config: LeNetConfig, name: str, channels: int) -> dict[str, nn.Module]:
    """S2 or S4: the paper's squashed subsampling, or plain pooling."""
    if config.pooling == "trainable":
        return {name: Subsampling(channels), f"{name}_squashing": squashing(config)}
    return {name: nn.MaxPool2d(2) if config.pooling == "max" else nn.AvgPool2d(2)}


def uniform(weight: torch.Tensor) -> torch.Tensor:
    """Uniform in +-2.4 / F with F the inputs of a unit (Appendix A)."""
    bound = 2.4 / weight[0].numel()
    return nn.init.uniform_(weight, -bound, bound)


class LeNet(Network):
    """C1; S2 and C3; then S4, C5, F6 and the output as the head (Figure 2)."""

    def __init__(self, config: LeNetConfig, in_channels: int, num_classes: int) -> None:
        is_table, is_rbf = config.c3 == "table", config.output == "rbf"
        stages = (
            named(c1=nn.Conv2d(in_channels, 6, 5), c1_squashing=squashing(config)),
            named(
                **subsampling(config, "s2", 6),
                c3=TableConvolution(C3_INPUTS) if is_table else nn.Conv2d(6, 16, 5),
                c3_squashing=squashing(config),
            ),
        )
        head = named(
            **subsampling(config, "s4", 16),
            c5=nn.Conv2d(16, 120, 5),
            c5_squashing=squashing(config),
            flatten=nn.Flatten(),
            f6=nn.Linear(120, F6_UNITS),
            f6_squashing=squashing(config),
            output=RadialBasisOutput(num_classes) if is_rbf else nn.Linear(F6_UNITS, num_classes),
        )
        super().__init__(nn.Identity(), stages, head)
        self.initialise(config, convolution=uniform, linear=uniform)
        if isinstance(stages[1].c3, TableConvolution):
            stages[1].c3.initialise(INITIALISERS.get(config.initialisation, uniform))


ARCHITECTURE = Architecture(
    title="LeNet",
    year=1998,
    paper="LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document "
    "Recognition, Proceedings of the IEEE 86, 1998",
    idea="Local receptive fields, shared weights and subsampling, trained end to end by gradients.",
    network=LeNet,
    variants={
        "lenet5": Variant("LeNet-5", LeNetConfig(), 32, "MNIST", in_channels=1),
        "lenet5_full": Variant(
            "LeNet-5 (all connections)",
            LeNetConfig(
                activation="relu",
                pooling="max",
                c3="full",
                output="linear",
                initialisation="he",
            ),
            32,
            "MNIST",
            in_channels=1,
            origin="In no paper: what most code calls LeNet-5.",
        ),
    },
    resolutions=(32,),
)
