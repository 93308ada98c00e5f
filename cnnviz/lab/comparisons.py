"""The lectures' comparisons of designs, with their settings and the slides' statements."""

from dataclasses import dataclass
from typing import ClassVar

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


class Comparison(Config):
    """A comparison of designs, by its settings.

    Attributes:
        name: Name in URLs.
        question: Question that it answers.
        slide: Statement of the slide on the default settings.
    """

    name: ClassVar[str]
    question: ClassVar[str]
    slide: ClassVar[str]

    def designs(self) -> list[Design]:
        """The designs for the settings; the first is the reference."""
        raise NotImplementedError

    def note(self) -> str:
        """A statement on any settings, or empty."""
        return ""


@dataclass(frozen=True)
class Stacks(Comparison):
    """One large kernel or several small ones."""

    name = "small kernels"
    question = "One large kernel, or a stack of small ones?"
    slide = (
        "Two 3x3 have the receptive field of one 5x5 with 18 instead of 25 weights, three that of "
        "one 7x7 with 27 C² instead of 49 C² (Simonyan and Zisserman 2015, section 2.3)."
    )

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

    name = "operations by hand"
    question = "How many operations does a 5x5 kernel need on a 5x5 image?"
    slide = (
        "625 multiplications and 600 additions vs 450 and 400 with two 3x3, counting all products "
        "at each of the 25 positions, including padded ones."
    )

    side: int = choice(*SIDES, default=5, unit="px", help="Side of the image (one channel).")

    def designs(self) -> list[Design]:
        """One 5x5, and two 3x3."""
        one = _stack("one 5x5", 1, self.side, (5, 5))
        return [one, _stack("two 3x3", 1, self.side, (3, 3), (3, 3))]


@dataclass(frozen=True)
class Factors(Comparison):
    """n x n, or 1 x n and n x 1."""

    name = "n x n in two"
    question = "n x n, or 1 x n and n x 1?"
    slide = (
        "A kernel of rank one equals its row followed by its column. Other kernels do not, and the "
        "network learns with 2n instead of n² weights (Szegedy et al. 2016, section 3.2)."
    )

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

    name = "inception module"
    question = "What do 1x1 convolutions save in an Inception module?"
    slide = (
        "854 million operations become 358 million. The slide's own terms add up to only 271 "
        "million; 358 counts the 3x3 branch twice."
    )

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

    name = "residual bottleneck"
    question = "What does a bottleneck save?"
    slide = (
        "A bottleneck of 256 channels costs about as much as two 3x3 of 64 (He et al. 2016, "
        "Figure 5)."
    )

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

    name = "depthwise separable"
    question = "What if each channel has its own kernel?"
    slide = (
        "k² + C weights per channel instead of k² C. No network of the five lectures uses it; "
        "the lab's kernel with as many groups as channels does."
    )

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

    name = "dense block"
    question = "How many maps does a dense layer read?"
    slide = (
        "L layers have L (L + 1) / 2 connections, and layer l reads k0 + k (l - 1) maps (Huang et "
        "al. 2017, sections 1 and 3)."
    )

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

    name = "heads"
    question = "Linear layers at the end, or global average pooling?"
    slide = (
        "The first linear layer of VGG-16 has 102 M weights; pooling has none (Lin et al. "
        "2014, section 3.2)."
    )

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
    """Convolutions one behind the other, as a design."""
    return Design(title, lambda: convolutions(channels, kernels), (channels, side, side))
