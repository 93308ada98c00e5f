"""Building blocks that several families share."""

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import nn

from cnnviz.architectures.base import Layer
from cnnviz.hyperparameters import choice

Initialiser = Callable[[torch.Tensor], torch.Tensor]


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


def initialise(
    network: nn.Module, *, convolution: Initialiser, linear: Initialiser | None = None
) -> None:
    """Initialise the weights of convolutions (and linear layers, if given); biases are zero."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            _draw(module, convolution)
        elif isinstance(module, nn.Linear) and linear is not None:
            _draw(module, linear)


def _draw(module: nn.Conv2d | nn.Linear, initialiser: Initialiser) -> None:
    if (
        module.weight.is_meta
    ):  # has no values, and drawing them would double the time of an analysis
        return
    initialiser(module.weight)
    if module.bias is not None:
        nn.init.zeros_(module.bias)


def gaussian(weight: torch.Tensor) -> torch.Tensor:
    """N(0, 0.01^2): Krizhevsky et al. 2012, section 5."""
    return nn.init.normal_(weight, std=0.01)


def xavier(weight: torch.Tensor) -> torch.Tensor:
    """N(0, 2 / (fan_in + fan_out)): Glorot and Bengio 2010, equation 12."""
    return nn.init.xavier_normal_(weight)


def he_forward(weight: torch.Tensor) -> torch.Tensor:
    """N(0, 2 / fan_in): He et al. 2015, equation 10, keeps the size of activations."""
    return nn.init.kaiming_normal_(weight, mode="fan_in", nonlinearity="relu")


def he_normal(weight: torch.Tensor) -> torch.Tensor:
    """N(0, 2 / fan_out): He et al. 2015, equation 14, keeps the size of gradients."""
    return nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu")


INITIALISERS: dict[str, Initialiser] = {"gaussian": gaussian, "xavier": xavier, "he": he_forward}


def initialisation() -> str:
    """A hyperparameter for the initialisation: the paper's or one of three others."""
    return choice(
        "paper",
        *INITIALISERS,
        default="paper",
        help="Weight initialisation: the paper's, N(0, 0.01^2), Glorot and Bengio's, or He's.",
    )


def reinitialise(network: nn.Module, how: str) -> None:
    """Initialise all weights again by one of ``INITIALISERS``; "paper" does nothing."""
    if how != "paper":
        initialise(network, convolution=INITIALISERS[how], linear=INITIALISERS[how])


def global_average_head(channels: int, num_classes: int) -> nn.Sequential:
    """Global average pooling, then one linear layer (Lin et al. 2014, section 3.2)."""
    return named(
        pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(channels, num_classes)
    )


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


def linear_layers(
    in_features: int, hidden_units: int, num_classes: int, dropout: float, activation: str = "relu"
) -> dict[str, nn.Module]:
    """Two hidden layers with dropout and the classifier (Krizhevsky et al. 2012, section 3.5)."""
    return {
        "linear1": nn.Linear(in_features, hidden_units),
        f"{activation}1": ACTIVATIONS[activation](),
        "dropout1": nn.Dropout(dropout),
        "linear2": nn.Linear(hidden_units, hidden_units),
        f"{activation}2": ACTIVATIONS[activation](),
        "dropout2": nn.Dropout(dropout),
        "linear3": nn.Linear(hidden_units, num_classes),
    }


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
