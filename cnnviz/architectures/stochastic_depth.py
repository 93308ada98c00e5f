"""Deep Networks with Stochastic Depth (Huang, Sun, Liu, Sedra, Weinberger; 2016; ECCV 2016).

https://arxiv.org/abs/1603.09382

Section 3: the network of He et al. 2016, section 4.2, where each block takes part in a training
step with probability p_l (equations 2 to 4) and always, weighted by p_l, in a test (equation 5).

Deviations:
    DenseNet's Table 2 prints 10.2 M for 1202 layers. That is its figure for the pre-activation
    ResNet-1001; He et al. 2016, Table 6 print 19.4 M for ResNet-1202, and dropping adds none.
    The authors' code averages 2x2 pixels on the shortcut where the resolution halves; this is
    option A of the network that the paper builds on, every second pixel.
"""

from dataclasses import dataclass
from itertools import count

import torch
from torch import nn

from cnnviz.architectures.base import Architecture, Network, NetworkConfig, Variant
from cnnviz.architectures.blocks import Scale, global_average_head
from cnnviz.architectures.initialisation import he_normal
from cnnviz.architectures.resnet import BasicBlock, ResNetConfig, residual_stages, stem
from cnnviz.hyperparameters import choice, steps


@dataclass(frozen=True)
class StochasticDepthConfig(NetworkConfig):
    """Hyperparameters of ResNets with stochastic depth."""

    blocks: int = choice(
        *(1, 3, 5, 7, 9, 18, 36, 64, 100, 200),
        default=18,
        unit="blocks",
        help="n, in each of three stages; the network has 6n + 2 layers.",
    )
    width: int = steps(
        16, 128, 16, default=16, unit="channels", help="Channels of the stem; each stage doubles."
    )
    final_survival: float = choice(
        *(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
        default=0.5,
        help="p_L: the probability that the last block takes part in a training step.",
    )
    survival: str = choice(
        "linear", "uniform", help="p_l falls from 1 to p_L, or is p_L everywhere."
    )

    @property
    def resnet(self) -> ResNetConfig:
        """The residual network that contains all blocks."""
        n = self.blocks
        return ResNetConfig("cifar", "basic", n, n, n, 0, width=self.width, shortcut="A")

    def survival_of(self, block: int) -> float:
        """p_l of block l = 1, 2, ..., L.

        Equation 4 for linear decay: p_l = 1 - l / L (1 - p_L).
        """
        if self.survival == "uniform":
            return self.final_survival
        return 1 - block / (3 * self.blocks) * (1 - self.final_survival)


class RandomBlock(BasicBlock):
    """H_l = ReLU(b_l f_l(H_{l-1}) + id(H_{l-1})), where b_l is 1 with probability p_l (equation 2).

    Attributes:
        survival: p_l.
    """

    shortcut: nn.Module  # option A leaves no block without one

    def __init__(
        self, in_channels: int, width: int, stride: int, config: ResNetConfig, survival: float
    ) -> None:
        super().__init__(in_channels, width, stride, config)
        self.survival = survival
        self.expectation = Scale(survival)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.shortcut(x)
        if not self.training:
            h = self.expectation(self.residual(x)) + h  # equation 5
        elif self.takes_part():
            h = self.residual(x) + h
        y: torch.Tensor = self.relu2(h)
        return y

    def takes_part(self, rng: torch.Generator | None = None) -> bool:
        """Draw b_l once per batch, by default from torch's own generator."""
        return torch.rand((), generator=rng).item() < self.survival

    def extra_repr(self) -> str:
        return f"survival={self.survival:.4g}"


class StochasticDepth(Network):
    """Stem, three stages of random blocks, global average pooling, one linear layer."""

    def __init__(self, config: StochasticDepthConfig, in_channels: int, num_classes: int) -> None:
        number = count(1)

        def block(channels: int, width: int, stride: int) -> RandomBlock:
            survival = config.survival_of(next(number))
            return RandomBlock(channels, width, stride, config.resnet, survival)

        depths = config.resnet.depths
        stages, channels = residual_stages(config.width, config.width, depths, block)
        head = global_average_head(channels, num_classes)
        super().__init__(stem(config.resnet, in_channels), stages, head)
        self.initialise(config, convolution=he_normal)


def cifar(depth: int) -> Variant:
    """A 6n + 2 layer network of section 4."""
    config = StochasticDepthConfig((depth - 2) // 6)
    return Variant.cifar(f"Stochastic depth {depth} (CIFAR)", config)


ARCHITECTURE = Architecture(
    title="Stochastic depth",
    year=2016,
    paper="Huang, Sun, Liu, Sedra, Weinberger: Deep Networks with Stochastic Depth, ECCV 2016",
    idea="Train short networks, test the deep one: each step skips blocks at random.",
    network=StochasticDepth,
    variants={f"stochastic_depth{depth}_cifar": cifar(depth) for depth in (110, 1202)},
)
