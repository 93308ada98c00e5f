"""The cost of small parts of networks, built with torch and counted like on Explore."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

import torch
from torch import nn

from cnnviz.analysis.counting import added_biases, macs, params
from cnnviz.analysis.graph import module_graph
from cnnviz.analysis.node import Node, Shape
from cnnviz.analysis.receptive_field import receptive_fields


@dataclass(frozen=True)
class Cost:
    """The cost of a part of a network for one image.

    Attributes:
        params: Number of parameters.
        macs: Multiply-accumulates, as on Explore.
        additions: Additions of sums (n - 1 for n products) and biases.
        receptive_field: Side of the receptive field in pixels.
        nonlinearities: Number of ReLUs on the longest path.
        output_shape: (C, H, W) or (features,).
    """

    params: int
    macs: int
    additions: int
    receptive_field: int
    nonlinearities: int
    output_shape: Shape


@dataclass(frozen=True)
class Design:
    """A part of a network.

    Attributes:
        title: Title in tables.
        make: Builds the module.
        input_shape: Input shape (C, H, W).
    """

    title: str
    make: Callable[[], nn.Module]
    input_shape: Shape


def cost(design: Design) -> Cost:
    """Compute the cost of a design.

    Raises:
        GraphError: The input is too small for a layer.
    """
    with torch.device("meta"):
        module = design.make()
    graph = module_graph(module, design.input_shape)
    sums = sum(prod(node.output_shape) for node in graph.layers if macs(node))
    products = sum(map(macs, graph.layers))
    return Cost(
        params=sum(map(params, graph.layers)),
        macs=products,
        additions=products - sums + sum(map(added_biases, graph.layers)),
        receptive_field=receptive_fields(graph)[-1].size,
        nonlinearities=_longest(graph.nodes),
        output_shape=graph.nodes[-1].output_shape,
    )


def _longest(nodes: Sequence[Node]) -> int:
    """Number of activation functions on the path with most of them."""
    counts: list[int] = []
    for node in nodes:
        before = max((counts[source] for source in node.inputs), default=0)
        counts.append(before + (node.type.role == "activation"))
    return counts[-1]


def convolutions(channels: int, kernels: Sequence[tuple[int, int]]) -> nn.Sequential:
    """Convolutions that preserve channels and size, each with a ReLU and without bias.

    Args:
        channels: Input and output channels.
        kernels: Rows and columns of each kernel, odd.
    """
    return nn.Sequential(
        *(layer for kernel in kernels for layer in _rectified(channels, channels, kernel))
    )


def _rectified(
    channels: int, filters: int, kernel: tuple[int, int], groups: int = 1
) -> tuple[nn.Conv2d, nn.ReLU]:
    """A convolution without bias that preserves the size, and its ReLU."""
    padding = (kernel[0] // 2, kernel[1] // 2)
    convolution = nn.Conv2d(channels, filters, kernel, padding=padding, groups=groups, bias=False)
    return convolution, nn.ReLU()


def bottleneck(channels: int, inner: int) -> nn.Sequential:
    """1x1 down, 3x3, 1x1 up (He et al. 2016, Figure 5, right), without batch norm and shortcut."""
    return nn.Sequential(
        *_rectified(channels, inner, (1, 1)),
        *_rectified(inner, inner, (3, 3)),
        *_rectified(inner, channels, (1, 1)),
    )


def depthwise_separable(channels: int, kernel_size: int) -> nn.Sequential:
    """A kernel for each channel, then a 1x1 convolution that mixes them."""
    depthwise = _rectified(channels, channels, (kernel_size, kernel_size), groups=channels)
    return nn.Sequential(*depthwise, *_rectified(channels, channels, (1, 1)))


class Inception(nn.Module):
    """Parallel branches with concatenated maps (Szegedy et al. 2015, Figure 2).

    Args:
        channels: Input channels.
        branches: Filters of 1x1, 3x3 and 5x5.
        reductions: Filters of the 1x1 before 3x3, before 5x5 and after the pooling; None: the naive
            module without them.
    """

    def __init__(
        self,
        channels: int,
        branches: tuple[int, int, int],
        reductions: tuple[int, int, int] | None = None,
    ) -> None:
        super().__init__()
        one, three, five = branches
        before3, before5, behind = reductions or (0, 0, 0)
        self.branch1 = nn.Sequential(*_one(channels, one))
        self.branch3 = _reduced(channels, before3, three, 3)
        self.branch5 = _reduced(channels, before5, five, 5)
        self.pool = nn.Sequential(nn.MaxPool2d(3, 1, padding=1), *_one(channels, behind))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (N, C, H, W) to (N, maps of all branches, H, W)."""
        return torch.cat([self.branch1(x), self.branch3(x), self.branch5(x), self.pool(x)], 1)


def _one(channels: int, filters: int) -> Sequence[nn.Module]:
    """A 1x1 convolution and its ReLU; nothing for no filters."""
    return _rectified(channels, filters, (1, 1)) if filters else ()


def _reduced(channels: int, before: int, filters: int, kernel_size: int) -> nn.Sequential:
    last = _rectified(before or channels, filters, (kernel_size, kernel_size))
    return nn.Sequential(*_one(channels, before), *last)


def linear_head(channels: int, side: int, hidden: int, classes: int) -> nn.Sequential:
    """The head of AlexNet and VGG: two hidden linear layers and the output, with biases."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(channels * side * side, hidden),
        nn.ReLU(),
        nn.Linear(hidden, hidden),
        nn.ReLU(),
        nn.Linear(hidden, classes),
    )


def pooled_head(channels: int, classes: int) -> nn.Sequential:
    """The head of GoogLeNet and ResNet: global average pooling and a linear layer with bias."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def dense_inputs(first: int, growth_rate: int, layer: int) -> int:
    """Input maps of layer l of a dense block: k0 + k (l - 1) (Huang et al. 2017, section 3)."""
    return first + growth_rate * (layer - 1)


def dense_connections(layers: int) -> int:
    """Number of connections of a dense block: L (L + 1) / 2 (Huang et al. 2017, section 1)."""
    return layers * (layers + 1) // 2


class DenseBlock(nn.Module):
    """A dense block without batch norm (Huang et al. 2017, equation 2).

    Args:
        first: Input maps, k0.
        growth_rate: Maps added by each layer, k.
        layers: Number of layers, L.
        has_bottlenecks: Whether a 1x1 to 4k maps precedes each 3x3.
    """

    def __init__(
        self, first: int, growth_rate: int, layers: int, has_bottlenecks: bool = False
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            _dense_layer(dense_inputs(first, growth_rate, number), growth_rate, has_bottlenecks)
            for number in range(1, layers + 1)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (N, k0, H, W) to (N, k0 + k L, H, W)."""
        for layer in self.layers:
            x = torch.cat([x, layer(x)], 1)
        return x


def _dense_layer(channels: int, growth_rate: int, has_bottleneck: bool) -> nn.Sequential:
    inner = 4 * growth_rate if has_bottleneck else 0
    last = nn.Conv2d(inner or channels, growth_rate, 3, padding=1, bias=False)
    return nn.Sequential(nn.ReLU(), *_one(channels, inner), last)
