"""The lectures' comparisons of designs, with their settings and the slides' statements."""

from dataclasses import dataclass
from typing import ClassVar

from cnnviz.files import tables
from cnnviz.hyperparameters import Config, choice, flag
from cnnviz.lab.design import (
    DenseBlock,
    Design,
    Inception,
    bottleneck,
    convolutions,
    dense_connections,
    dense_inputs,
    depthwise_separable,
    linear_head,
    pooled_head,
)

CHANNELS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
SIDES = (5, 7, 14, 28, 32, 56, 112, 224)
FILTERS = (8, 16, 32, 48, 64, 96, 128, 192, 256, 384)
TEXTS = tables("lab/comparisons.toml")


class Comparison(Config):
    """A comparison of designs, by its settings; its texts are in ``comparisons.toml``.

    Attributes:
        name: Name in URLs.
        question: Question that it answers.
        slide: Statement of the slide on the default settings.
    """

    name: ClassVar[str]
    question: ClassVar[str]
    slide: ClassVar[str]

    def __init_subclass__(cls) -> None:
        for name, words in TEXTS[cls.__name__].items():
            setattr(cls, name, words)

    def designs(self) -> list[Design]:
        """The designs for the settings; the first is the reference."""
        raise NotImplementedError

    def note(self) -> str:
        """A statement on any settings, or empty."""
        return ""


@dataclass(frozen=True)
class Stacks(Comparison):
    """One large kernel or several small ones."""

    window: int = choice(5, 7, default=7, unit="px", help="Receptive field.")
    channels: int = choice(*CHANNELS, default=64, unit="channels", help="Input and output: C.")
    side: int = choice(*SIDES, default=28, unit="px", help="Side of the maps.")

    def designs(self) -> list[Design]:
        """One large kernel, and a stack of 3x3."""
        count = (self.window - 1) // 2
        size, words = f"{self.window}x{self.window}", {2: "two", 3: "three"}
        return [
            _stack(f"one {size}", self.channels, self.side, (self.window, self.window)),
            _stack(f"{words[count]} 3x3", self.channels, self.side, *[(3, 3)] * count),
        ]


@dataclass(frozen=True)
class Operations(Comparison):
    """The image of the slide."""

    side: int = choice(*SIDES, default=5, unit="px", help="Side of the image (one channel).")

    def designs(self) -> list[Design]:
        """One 5x5, and two 3x3."""
        one = _stack("one 5x5", 1, self.side, (5, 5))
        return [one, _stack("two 3x3", 1, self.side, (3, 3), (3, 3))]


@dataclass(frozen=True)
class Factors(Comparison):
    """n x n, or 1 x n and n x 1."""

    n: int = choice(3, 5, 7, 9, 11, default=7, unit="px", help="Side of the kernel.")
    channels: int = choice(*CHANNELS, default=128, unit="channels", help="In and out.")
    side: int = choice(*SIDES, default=14, unit="px", help="Side of the maps.")

    def designs(self) -> list[Design]:
        """The whole kernel, and its factors."""
        n, rows, columns = self.n, f"1x{self.n}", f"{self.n}x1"
        whole = _stack(f"{n}x{n}", self.channels, self.side, (n, n))
        title = f"{rows}, then {columns}"
        return [whole, _stack(title, self.channels, self.side, (1, n), (n, 1))]


@dataclass(frozen=True)
class Module(Comparison):
    """The branches of an Inception module."""

    channels: int = choice(*FILTERS, default=256, unit="channels", help="Read by each branch.")
    side: int = choice(*SIDES, default=28, unit="px", help="Side of the maps.")
    branch_1x1: int = choice(*FILTERS, default=128, unit="filters", help="Of the 1x1 branch.")
    branch_3x3: int = choice(*FILTERS, default=192, unit="filters", help="Of the 3x3 branch.")
    branch_5x5: int = choice(*FILTERS, default=96, unit="filters", help="Of the 5x5 branch.")
    before_3x3: int = choice(*FILTERS, default=64, unit="filters", help="1x1 in front of 3x3.")
    before_5x5: int = choice(*FILTERS, default=64, unit="filters", help="1x1 in front of 5x5.")
    behind_pooling: int = choice(*FILTERS, default=64, unit="filters", help="1x1 behind pooling.")

    def designs(self) -> list[Design]:
        """The naive module, and the one with 1x1 convolutions first."""
        shape = (self.channels, self.side, self.side)
        branches = (self.branch_1x1, self.branch_3x3, self.branch_5x5)
        reductions = (self.before_3x3, self.before_5x5, self.behind_pooling)
        return [
            Design("naive", lambda: Inception(self.channels, branches), shape),
            Design("with 1x1 first", lambda: Inception(self.channels, branches, reductions), shape),
        ]


@dataclass(frozen=True)
class Bottleneck(Comparison):
    """The two blocks of a residual network."""

    channels: int = choice(*CHANNELS, default=256, unit="channels", help="In and out.")
    inner: int = choice(*CHANNELS, default=64, unit="channels", help="Between the two 1x1.")
    side: int = choice(*SIDES, default=56, unit="px", help="Side of the maps.")

    def designs(self) -> list[Design]:
        """Two 3x3, the bottleneck, and two 3x3 of its inner channels."""
        shape = (self.channels, self.side, self.side)
        return [
            _stack("two 3x3", self.channels, self.side, (3, 3), (3, 3)),
            Design("1x1, 3x3, 1x1", lambda: bottleneck(self.channels, self.inner), shape),
            _stack(f"two 3x3 of {self.inner}", self.inner, self.side, (3, 3), (3, 3)),
        ]


@dataclass(frozen=True)
class Separable(Comparison):
    """A depthwise separable convolution."""

    kernel_size: int = choice(3, 5, 7, default=3, unit="px", help="Side of the kernels.")
    channels: int = choice(*CHANNELS, default=64, unit="channels", help="In and out.")
    side: int = choice(*SIDES, default=28, unit="px", help="Side of the maps.")

    def designs(self) -> list[Design]:
        """The whole convolution, and the separable one."""
        k, shape = self.kernel_size, (self.channels, self.side, self.side)
        title = f"depthwise {k}x{k}, then 1x1"
        return [
            _stack(f"{k}x{k}", self.channels, self.side, (k, k)),
            Design(title, lambda: depthwise_separable(self.channels, k), shape),
        ]


@dataclass(frozen=True)
class Growth(Comparison):
    """A dense block."""

    first: int = choice(*CHANNELS, default=64, unit="maps", help="k0: what the block reads.")
    growth_rate: int = choice(4, 8, 12, 16, 24, 32, 48, default=32, unit="maps", help="k.")
    layers: int = choice(2, 3, 4, 5, 6, 8, 12, 16, 24, default=5, unit="layers", help="L.")
    bottleneck: bool = flag(default=False, help="A 1x1 to 4k maps in front of each 3x3.")
    side: int = choice(*SIDES, default=28, unit="px", help="Side of the maps.")

    def designs(self) -> list[Design]:
        """The dense block, and as many plain 3x3 of its output's maps."""
        settings = (self.first, self.growth_rate, self.layers, self.bottleneck)
        width = dense_inputs(self.first, self.growth_rate, self.layers + 1)
        title = f"{self.layers} plain 3x3 of {width} maps"
        return [
            Design(
                "dense block", lambda: DenseBlock(*settings), (self.first, self.side, self.side)
            ),
            _stack(title, width, self.side, *[(3, 3)] * self.layers),
        ]

    def note(self) -> str:
        """What each layer reads, and the number of connections."""
        count = self.layers
        reads = [dense_inputs(self.first, self.growth_rate, layer + 1) for layer in range(count)]
        return (
            f"Layer l reads k0 + k (l - 1) maps: {', '.join(map(str, reads))}. There are L (L + 1) "
            f"/ 2 = {count} x {count + 1} / 2 = {dense_connections(count)} connections instead of "
            f"{count}."
        )


@dataclass(frozen=True)
class Heads(Comparison):
    """The head of a network."""

    channels: int = choice(*CHANNELS, default=512, unit="channels", help="Of the last maps.")
    side: int = choice(*SIDES, default=7, unit="px", help="Of the last maps.")
    hidden: int = choice(256, 512, 1024, 2048, 4096, default=4096, unit="units", help="Of each.")
    classes: int = choice(10, 100, 1000, default=1000, unit="classes", help="Outputs.")

    def designs(self) -> list[Design]:
        """Three linear layers, and global average pooling with one."""
        shape, sizes = (self.channels, self.side, self.side), (self.hidden, self.classes)
        linear, pooled = "three linear layers", "average pooling, one linear"
        return [
            Design(linear, lambda: linear_head(self.channels, self.side, *sizes), shape),
            Design(pooled, lambda: pooled_head(self.channels, self.classes), shape),
        ]


COMPARISONS: tuple[type[Comparison], ...] = (
    *(Stacks, Operations, Factors, Module, Bottleneck, Separable, Growth, Heads),
)


def _stack(title: str, channels: int, side: int, *kernels: tuple[int, int]) -> Design:
    return Design(title, lambda: convolutions(channels, kernels), (channels, side, side))
