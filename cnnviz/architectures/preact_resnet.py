"""Identity Mappings in Deep Residual Networks (He, Zhang, Ren, Sun; 2016; ECCV 2016).

https://arxiv.org/abs/1603.05027

Section 3 varies the shortcut h (Figure 2, Table 1), section 4 the place of batch normalisation and
ReLU (Figure 4, Table 2). Where both are identities, x_L = x_l + the sum of all F between them
(equation 4). The appendix says how the first and the last unit are activated.

Deviations:
    ResNet-1001 has 10,327,706 parameters, where 10.2 M is printed: its convolutions and its linear
    layer alone have 10,178,490; the scales and shifts of batch normalisation are the rest.
    On ImageNet the paper measures 152 and 200 layers; 18, 34, 50 and 101 are Table 1 of ResNet with
    this paper's unit.
    Where the shape changes, scaling, gates and dropout act on the padded or projected shortcut; the
    paper does not say. Padding takes x itself, a projection the activated x (appendix).
    A convolution on a shortcut is followed by batch normalisation in those orders that end F so.
    Dropout on the shortcut divides by 1 - 0.5 in training, as torch and Caffe do; section
    3.1 speaks of an expected scale of 0.5.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import torch
from torch import nn

from cnnviz.architectures.base import Architecture, Layer, Network, Variant
from cnnviz.architectures.blocks import Gate, Scale, global_average_head, named, start_gates
from cnnviz.architectures.initialisation import he_normal
from cnnviz.architectures.resnet import (
    IMAGENET_DEPTHS,
    PaddedShortcut,
    ResidualConfig,
    residual_stages,
    stem,
)
from cnnviz.hyperparameters import choice, steps


class Order(NamedTuple):
    """Layers before F, at its end and after the addition; those inside F are fixed."""

    before: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


# Figure 4, (a) to (e).
ORDERS = {
    "original": Order(last=("norm",), after=("relu",)),
    "bn-after-addition": Order(after=("norm", "relu")),
    "relu-before-addition": Order(last=("norm", "relu")),
    "relu-only-pre-activation": Order(before=("relu",), last=("norm",)),
    "full-pre-activation": Order(before=("norm", "relu")),
}
# (Factor of the width, kernel size) of the convolutions of F.
CONVOLUTIONS = {"basic": ((1, 3), (1, 3)), "bottleneck": ((1, 1), (1, 3), (4, 1))}


@dataclass(frozen=True)
class PreActResNetConfig(ResidualConfig):
    """Hyperparameters of the paper's sections 3 and 4."""

    order: str = choice(
        *ORDERS,
        default="full-pre-activation",
        help="Order of batch normalisation, ReLU and addition: the five units of Figure 4.",
    )
    shortcut: str = choice(
        *("identity", "none", "constant-scaling", "frozen-gating"),
        *("exclusive-gating", "shortcut-only-gating", "1x1-convolution", "dropout"),
        default="identity",
        help="h: what a unit does to its input before it adds F (Table 1).",
    )
    dimension_shortcut: str = choice(
        "A", "B", default="B", help="Where the shape changes: zero padding (A) or projection (B)."
    )
    gate_bias: int = steps(
        -10,
        0,
        1,
        default=-6,
        help="Initial bias b_g of the gates; at -6 the shortcut is nearly the identity.",
    )


class Addition(Layer):
    """x + F (Figure 2a)."""

    kind = "addition"

    def forward(self, x: torch.Tensor, f: torch.Tensor) -> torch.Tensor:
        return x + f


class ConstantScaling(nn.Module):
    """lambda x + F; with a scale on F too, a frozen gate (Figure 2b)."""

    def __init__(self, on_shortcut: float, on_residual: float) -> None:
        super().__init__()
        self.on_shortcut = Scale(on_shortcut)
        self.on_residual = Scale(on_residual) if on_residual != 1 else nn.Identity()

    def forward(self, x: torch.Tensor, f: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.on_shortcut(x) + self.on_residual(f)
        return y


class ExclusiveGating(nn.Module):
    """(1 - g(x)) x + g(x) F (Figure 2c)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gate = Gate(channels)

    def forward(self, x: torch.Tensor, f: torch.Tensor) -> torch.Tensor:
        g: torch.Tensor = self.gate(x)
        return (1 - g) * x + g * f


class ShortcutOnlyGating(ExclusiveGating):
    """(1 - g(x)) x + F (Figure 2d)."""

    def forward(self, x: torch.Tensor, f: torch.Tensor) -> torch.Tensor:
        g: torch.Tensor = self.gate(x)
        return (1 - g) * x + f


class DropoutShortcut(nn.Module):
    """dropout(x) + F (Figure 2f)."""

    def __init__(self) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.5)

    def forward(self, x: torch.Tensor, f: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.dropout(x) + f
        return y


def junction(shortcut: str, channels: int) -> nn.Module:
    """The module that joins the shortcut and F: a row of Table 1."""
    rows: dict[str, Callable[[], nn.Module]] = {
        "identity": Addition,
        "none": partial(ConstantScaling, 0.0, 1.0),
        "constant-scaling": partial(ConstantScaling, 0.5, 1.0),
        "frozen-gating": partial(ConstantScaling, 0.5, 0.5),
        "exclusive-gating": partial(ExclusiveGating, channels),
        "shortcut-only-gating": partial(ShortcutOnlyGating, channels),
        "1x1-convolution": Addition,  # Figure 2e: the convolution is in Unit.reshape
        "dropout": DropoutShortcut,
    }
    return rows[shortcut]()


def activation(layers: tuple[str, ...], channels: int) -> nn.Sequential:
    """Batch normalisation, ReLU, both or neither."""
    make: dict[str, Callable[[], nn.Module]] = {
        "norm": partial(nn.BatchNorm2d, channels),
        "relu": nn.ReLU,
    }
    return named(**{layer: make[layer]() for layer in layers})


def residual(
    in_channels: int, sizes: list[tuple[int, int]], stride: int, order: Order
) -> nn.Sequential:
    """F: convolutions of the given (channels, kernel_size), the first with the stride."""
    layers: dict[str, nn.Module] = {}
    for number, (channels, size) in enumerate(sizes, start=1):
        layers[f"conv{number}"] = nn.Conv2d(
            in_channels, channels, size, stride, padding=size // 2, bias=False
        )
        kinds = ("norm", "relu") if number < len(sizes) else order.last
        for kind, layer in activation(kinds, channels).named_children():
            layers[f"{kind}{number}"] = layer
        in_channels, stride = channels, 1
    return named(**layers)


def projection(in_channels: int, out_channels: int, stride: int, order: Order) -> nn.Sequential:
    """A 1x1 convolution on the shortcut, with batch normalisation if F ends with it."""
    conv = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)
    norm = activation(("norm",) if "norm" in order.last else (), out_channels)
    return named(conv=conv, **dict(norm.named_children()))


class Unit(nn.Module):
    """x_{l+1} = f(h(x_l) + F(x_l)) (equations 1 and 2)."""

    def __init__(
        self, in_channels: int, width: int, stride: int, config: PreActResNetConfig
    ) -> None:
        super().__init__()
        order = ORDERS[config.order]
        sizes = [(width * factor, size) for factor, size in CONVOLUTIONS[config.block]]
        out_channels = sizes[-1][0]
        changes = stride != 1 or in_channels != out_channels
        self.projects = config.shortcut == "1x1-convolution" or (
            changes and config.dimension_shortcut == "B"
        )
        self.before = activation(order.before, in_channels)
        self.residual = residual(in_channels, sizes, stride, order)
        self.reshape: nn.Module = nn.Identity()
        if self.projects:
            self.reshape = projection(in_channels, out_channels, stride, order)
        elif changes:
            self.reshape = PaddedShortcut(in_channels, out_channels, stride)
        self.junction = junction(config.shortcut, out_channels)
        self.after = activation(order.after, out_channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        a = self.before(x)
        h = self.reshape(a if self.projects else x)
        y: torch.Tensor = self.after(self.junction(h, self.residual(a)))
        return y


class PreActResNet(Network):
    """Stem, three or four stages of units, global average pooling, one linear layer."""

    def __init__(self, config: PreActResNetConfig, in_channels: int, num_classes: int) -> None:
        expansion, _ = CONVOLUTIONS[config.block][-1]
        stages, channels = residual_stages(
            config.width, config.width, config.depths, partial(Unit, config=config), expansion
        )
        head = global_average_head(channels, num_classes)
        super().__init__(stem(config, in_channels), stages, head)
        # Appendix: the stem's activation, right after conv1, is the first unit's; the last unit has
        # another one, right after its addition.
        order = ORDERS[config.order]
        stages[0][0].before = named()
        stages[-1][-1].after = activation(order.after + order.before, channels)
        self.initialise(config, convolution=he_normal)
        start_gates(self, config.gate_bias)


def cifar(depth: int, block: str, dimension_shortcut: str) -> Variant:
    """A row of Table 3: 6n + 2 layers of basic or 9n + 2 of bottleneck units."""
    n = (depth - 2) // (3 * len(CONVOLUTIONS[block]))
    config = PreActResNetConfig(
        "cifar", block, n, n, n, 0, width=16, dimension_shortcut=dimension_shortcut
    )
    return Variant.cifar(f"Pre-activation ResNet-{depth} (CIFAR)", config)


def imagenet(depth: int) -> Variant:
    """A column of Table 1 of ResNet with this paper's unit; the paper itself has 152 (Table 5)."""
    block = "basic" if depth < 50 else "bottleneck"
    config = PreActResNetConfig("imagenet", block, *IMAGENET_DEPTHS[depth])
    origin = "In no paper: ResNet's depths with this paper's unit, which prints 152 and 200."
    title = f"Pre-activation ResNet-{depth}"
    return Variant(title, config, origin="" if depth == 152 else origin)


ARCHITECTURE = Architecture(
    title="Pre-activation ResNet",
    year=2016,
    paper="He, Zhang, Ren, Sun: Identity Mappings in Deep Residual Networks, ECCV 2016",
    idea="Only additions on the path from input to output, so that 1001 layers train.",
    network=PreActResNet,
    variants={
        "preact_resnet110_cifar": cifar(110, "basic", "A"),
        "preact_resnet164_cifar": cifar(164, "bottleneck", "B"),
        "preact_resnet1001_cifar": cifar(1001, "bottleneck", "B"),
        **{f"preact_resnet{depth}": imagenet(depth) for depth in IMAGENET_DEPTHS},
    },
)
