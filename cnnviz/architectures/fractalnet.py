"""FractalNet: Ultra-Deep Neural Networks without Residuals (Larsson, Maire, Shakhnarovich; 2016).

https://arxiv.org/abs/1605.07648 (ICLR 2017)

Section 2 defines the fractal (equations 1 and 2, Figure 1), section 3 drop-path: half of the
mini-batches sample locally, at every join, half globally. Section 4.1 gives the networks: five
blocks of (64, 128, 256, 512, 512) filters, each followed by 2x2 max pooling; convolution, batch
normalisation, ReLU; dropout of (0, 10, 20, 30, 40) % in the blocks; Xavier initialisation.
DenseNet's tables count the linear layer too: 20 convolutions in the deepest column, 21 layers.

Deviations:
    Table 1 prints 38.6 M parameters; those filters give 33.7 M, in the authors' own generator
    (https://github.com/gustavla/fractalnet) as here: the first convolution of every column takes
    the block's input to the block's filters. By the same rule all six counts of Table 3, which has
    16 filters in the first block, are met. What else the 38.6 M hold is not said.
    A block is joined, then pooled, as in Figure 1; the generator pools every column and joins then.
    Dropout stands between convolution and batch normalisation, as in the generator; the paper does
    not say where.
    The last pooling is followed by global average pooling, which changes nothing at 32 px and opens
    other sizes.
"""

from dataclasses import dataclass

import torch
from torch import nn

from cnnviz.architectures.base import Architecture, Layer, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import named
from cnnviz.architectures.initialisation import xavier
from cnnviz.hyperparameters import choice, steps, tenths

# Section 4.1: 64, 128, 256, 512, 512 filters, as multiples of the first block's.
WIDTHS = (1, 2, 4, 8, 8)
# Section 4.1: dropout of 0, 10, 20, 30, 40 %, as shares of the last block's.
DROPOUTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class FractalNetConfig(NetworkConfig):
    """Hyperparameters of fractal networks."""

    columns: int = choice(
        1, 2, 3, 4, 5, 6, default=3, help="C: the deepest column of a block has 2^(C-1) layers."
    )
    width: int = steps(
        16, 128, 16, default=64, unit="filters", help="Filters in block 1; at most 8 x."
    )
    dropout: float = tenths(0, 5, default=0.4, help="In the last block; none in the first.")
    drop_path: float = choice(
        0.0,
        0.05,
        0.1,
        0.15,
        0.2,
        0.3,
        0.5,
        default=0.15,
        help="Local drop-path: probability of dropping an input of a join, but never all of them.",
    )
    single_column: float = choice(
        0.0,
        0.25,
        0.5,
        0.75,
        1.0,
        default=0.5,
        help="Global drop-path: share of mini-batches that use a single column in all blocks.",
    )


class Join(Layer):
    """The element-wise mean of its inputs; in training, of those that local drop-path keeps."""

    kind = "mean"

    def __init__(self, drop_path: float) -> None:
        super().__init__()
        self.drop_path = drop_path

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        joined = self.survivors(inputs) if self.training else inputs
        return torch.stack(joined).mean(dim=0)

    def survivors(self, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        """The inputs that drop-path keeps; a random one if it drops all."""
        survives = (torch.rand(len(inputs), device="cpu") >= self.drop_path).tolist()
        if not any(survives):
            survives[int(torch.randint(len(inputs), (), device="cpu"))] = True
        return tuple(x for x, kept in zip(inputs, survives, strict=True) if kept)


def layer(in_channels: int, out_channels: int, dropout: float) -> nn.Sequential:
    """The paper's conv: a 3x3 convolution, batch normalisation and ReLU (section 4.1)."""
    layers: dict[str, nn.Module] = {
        "conv": nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
    }
    if dropout:
        layers["dropout"] = nn.Dropout(dropout)
    return named(**layers, norm=nn.BatchNorm2d(out_channels), relu=nn.ReLU())


class Fractal(nn.Module):
    """f_1(z) = conv(z), f_{C+1}(z) = [(f_C o f_C)(z)] join [conv(z)] (equations 1 and 2).

    Joins that meet are one join of all columns there (Figure 1), so the second f_C has none: its
    columns end in ours.

    Attributes:
        only: In training, the one column that global drop-path leaves, 0 for the shallowest; None
            for all of them.
    """

    only: int | None = None

    def __init__(
        self,
        columns: int,
        in_channels: int,
        out_channels: int,
        dropout: float,
        drop_path: float,
        joins: bool = True,
    ) -> None:
        super().__init__()
        self.has_one_column = columns == 1
        self.layer = layer(in_channels, out_channels, dropout)
        if columns > 1:
            rest = (out_channels, dropout, drop_path)
            self.first = Fractal(columns - 1, in_channels, *rest)
            self.second = Fractal(columns - 1, out_channels, *rest, joins=False)
            if joins:
                self.join = Join(drop_path)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        if self.training and self.only is not None:
            return self.column(z, self.only)
        columns = self.columns(z)
        x: torch.Tensor = columns[0] if self.has_one_column else self.join(*columns)
        return x

    def columns(self, z: torch.Tensor) -> list[torch.Tensor]:
        """Outputs of all columns before their join, the shallowest first."""
        if self.has_one_column:
            return [self.layer(z)]
        return [self.layer(z), *self.second.columns(self.first(z))]

    def column(self, z: torch.Tensor, index: int) -> torch.Tensor:
        """Output of one column, a sequence of 2^index layers."""
        if index == 0:
            x: torch.Tensor = self.layer(z)
            return x
        return self.second.column(self.first.column(z, index - 1), index - 1)


class FractalNet(Network):
    """Five fractals with max pooling between, and one linear layer; there is no stem."""

    def __init__(self, config: FractalNetConfig, in_channels: int, num_classes: int) -> None:
        channels, stages = in_channels, []
        for index, (factor, share) in enumerate(zip(WIDTHS, DROPOUTS, strict=True)):
            width, dropout = config.width * factor, round(config.dropout * share, 3)
            fractal = Fractal(config.columns, channels, width, dropout, config.drop_path)
            pool = {"pool": nn.MaxPool2d(2, 2)} if index > 0 else {}
            stages.append(named(**pool, fractal=fractal))
            channels = width
        head = named(
            max_pool=nn.MaxPool2d(2, 2),
            average_pool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            linear=nn.Linear(channels, num_classes),
        )
        super().__init__(nn.Identity(), stages, head)
        self.columns, self.single_column = config.columns, config.single_column
        self.initialise(config, convolution=xavier, linear=xavier)

    @property
    def fractals(self) -> tuple[Fractal, ...]:
        """The fractal of each stage."""
        parts = (part for stage in self.stages for part in stage.children())
        return tuple(part for part in parts if isinstance(part, Fractal))

    def forward(self, image: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Logits; in training, global drop-path first draws the column for all blocks."""
        if self.training:
            alone = torch.rand((), device="cpu") < self.single_column
            column = int(torch.randint(self.columns, (), device="cpu")) if alone else None
            for fractal in self.fractals:
                fractal.only = column
        return super().forward(image)


ARCHITECTURE = Architecture(
    title="FractalNet",
    year=2016,
    paper="Larsson, Maire, Shakhnarovich: FractalNet: Ultra-Deep Neural Networks without "
    "Residuals, ICLR 2017",
    idea="A fractal of short and deep columns, averaged where they meet, trains without shortcuts.",
    network=FractalNet,
    variants={"fractalnet21_cifar": Variant.cifar("FractalNet-21 (CIFAR)", FractalNetConfig())},
)
