"""Building blocks that several families share."""

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import nn

from cnnviz.architectures.base import Layer

# For the large images of ImageNet, or the small ones of CIFAR.
STEMS = ("imagenet", "cifar")


def named(**modules: nn.Module) -> nn.Sequential:
    """A Sequential with named layers."""
    return nn.Sequential(OrderedDict(modules))


class Branches(nn.Module):
    """Parallel paths on one input; concatenates their outputs along the channels."""

    def __init__(self, **paths: nn.Module) -> None:
        super().__init__()
        for name, path in paths.items():
            self.add_module(name, path)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([path(x) for path in self.children()], dim=1)


def convolution(
    in_channels: int,
    out_channels: int,
    kernel_size: int | tuple[int, int],
    stride: int = 1,
    padding: int | tuple[int, int] | None = None,
    norm: Callable[[int], nn.Module] | None = None,
) -> nn.Sequential:
    """A convolution and its ReLU, with normalisation in place of the bias between, if any.

    Unless a padding is given, an odd kernel of stride 1 keeps the size of the maps.
    """
    if padding is None:
        sides = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        padding = sides[0] // 2, sides[1] // 2
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=norm is None)
    between = {"norm": norm(out_channels)} if norm else {}
    return named(conv=conv, **between, relu=nn.ReLU())


def global_average_head(
    channels: int, num_classes: int, dropout: float | None = None
) -> nn.Sequential:
    """Global average pooling, then one linear layer (Lin et al. 2014, section 3.2)."""
    between = {} if dropout is None else {"dropout": nn.Dropout(dropout)}
    linear = nn.Linear(channels, num_classes)
    return named(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), **between, linear=linear)


ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


def response_norm() -> nn.LocalResponseNorm:
    """b = a / (k + alpha sum a^2)^beta over n = 5 maps (Krizhevsky et al. 2012, section 3.3).

    k = 2, alpha = 1e-4 and beta = 0.75; torch divides alpha by n, so that it is given n alpha.
    """
    return nn.LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2.0)


def linear_head(
    pool: nn.Module,
    channels: int,
    side: int,
    num_classes: int,
    *,
    hidden_units: int,
    dropout: float,
    activation: str = "relu",
) -> nn.Sequential:
    """The last pooling, two hidden layers with dropout and the classifier.

    Krizhevsky et al. 2012, section 3.5. Maps of another side than ``side`` are resized to it.
    """
    layers = {"pool": pool, "resize": nn.AdaptiveAvgPool2d(side), "flatten": nn.Flatten()}
    for number, in_features in enumerate((channels * side**2, hidden_units), start=1):
        layers[f"linear{number}"] = nn.Linear(in_features, hidden_units)
        layers[f"{activation}{number}"] = ACTIVATIONS[activation]()
        layers[f"dropout{number}"] = nn.Dropout(dropout)
    return named(**layers, linear3=nn.Linear(hidden_units, num_classes))


class Scale(Layer):
    """Multiplies the input by a constant."""

    keeps_channels = True

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor
        self.kind = f"scaling by {factor:.3g}"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.factor * x

    def extra_repr(self) -> str:
        return f"{self.factor:g}"


class Gate(nn.Module):
    """A gate sigmoid(W x + b) with W a convolution; in (0, 1) for every unit of a map.

    T(x) of Srivastava et al. 2015, section 2.2; g(x) of He et al. 2016b, section 3.1.
    """

    def __init__(self, channels: int, kernel_size: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, kernel_size, padding=kernel_size // 2)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        g: torch.Tensor = self.sigmoid(self.conv(x))
        return g


def start_gates(network: nn.Module, bias: float) -> None:
    """Set the bias of all gates; a more negative bias starts with more closed gates."""
    for module in network.modules():
        if isinstance(module, Gate) and module.conv.bias is not None:
            nn.init.constant_(module.conv.bias, bias)


def micro_network(in_channels: int, *widths: int) -> dict[str, nn.Module]:
    """ReLU and 1x1 convolutions with ReLU, which turn a convolution into an mlpconv layer.

    Lin et al. 2014, equation 2.
    """
    layers: dict[str, nn.Module] = {"relu": nn.ReLU()}
    for number, width in enumerate(widths, start=1):
        layers[f"mlp{number}"] = nn.Conv2d(in_channels, width, 1)
        layers[f"mlp{number}_relu"] = nn.ReLU()
        in_channels = width
    return layers
