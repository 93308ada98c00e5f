"""The lectures' comparisons of designs, with their settings and the slides' statements."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Comparison:
    """A comparison of designs.

    Attributes:
        name: Name in URLs.
        question: Question that it answers.
        settings: Class of its settings.
        designs: Builds the designs for settings; the first is the reference.
        slide: Statement of the slide on the default settings.
        note: Statement on any settings, or empty.
    """

    name: str
    question: str
    settings: type[Config]
    designs: Callable[[Any], list[Design]]
    slide: str
    note: Callable[[Any], str] = lambda settings: ""


@dataclass(frozen=True)
class Stacks(Config):
    """Settings: one large kernel or several small ones."""

    window: int = choice(5, 7, default=7, unit="px", help="Receptive field.")
    channels: int = choice(*CHANNELS, default=64, unit="channels", help="Input and output: C.")
    side: int = choice(*SIDES, default=28, unit="px", help="Side of the maps.")


def _stacks(s: Stacks) -> list[Design]:
    shape, count = (s.channels, s.side, s.side), (s.window - 1) // 2
    words = {2: "two", 3: "three"}
    return [
        Design(
            f"one {s.window}x{s.window}",
            lambda: convolutions(s.channels, [(s.window, s.window)]),
            shape,
        ),
        Design(f"{words[count]} 3x3", lambda: convolutions(s.channels, [(3, 3)] * count), shape),
    ]


@dataclass(frozen=True)
class Operations(Config):
    """Settings: the image of the slide."""

    side: int = choice(*SIDES, default=5, unit="px", help="Side of the image (one channel).")


def _operations(s: Operations) -> list[Design]:
    shape = (1, s.side, s.side)
    return [
        Design("one 5x5", lambda: convolutions(1, [(5, 5)]), shape),
        Design("two 3x3", lambda: convolutions(1, [(3, 3)] * 2), shape),
    ]


@dataclass(frozen=True)
class Factors(Config):
    """Settings: n x n, or 1 x n and n x 1."""

    n: int = choice(3, 5, 7, 9, 11, default=7, unit="px", help="Side of the kernel.")
    channels: int = choice(*CHANNELS, default=128, unit="channels", help="In and out.")
    side: int = choice(*SIDES, default=14, unit="px", help="Side of the maps.")


def _factors(s: Factors) -> list[Design]:
    shape = (s.channels, s.side, s.side)
    return [
        Design(f"{s.n}x{s.n}", lambda: convolutions(s.channels, [(s.n, s.n)]), shape),
        Design(
            f"1x{s.n}, then {s.n}x1",
            lambda: convolutions(s.channels, [(1, s.n), (s.n, 1)]),
            shape,
        ),
    ]


@dataclass(frozen=True)
class Module(Config):
    """Settings: the branches of an Inception module."""

    channels: int = choice(*FILTERS, default=256, unit="channels", help="Read by each branch.")
    side: int = choice(*SIDES, default=28, unit="px", help="Side of the maps.")
    branch_1x1: int = choice(*FILTERS, default=128, unit="filters", help="Of the 1x1 branch.")
    branch_3x3: int = choice(*FILTERS, default=192, unit="filters", help="Of the 3x3 branch.")
    branch_5x5: int = choice(*FILTERS, default=96, unit="filters", help="Of the 5x5 branch.")
    before_3x3: int = choice(*FILTERS, default=64, unit="filters", help="1x1 in front of 3x3.")
    before_5x5: int = choice(*FILTERS, default=64, unit="filters", help="1x1 in front of 5x5.")
    behind_pooling: int = choice(*FILTERS, default=64, unit="filters", help="1x1 behind pooling.")


def _inception(s: Module) -> list[Design]:
    shape = (s.channels, s.side, s.side)
    branches = (s.branch_1x1, s.branch_3x3, s.branch_5x5)
    reductions = (s.before_3x3, s.before_5x5, s.behind_pooling)
    return [
        Design("naive", lambda: Inception(s.channels, branches), shape),
        Design("with 1x1 first", lambda: Inception(s.channels, branches, reductions), shape),
    ]


@dataclass(frozen=True)
class Bottleneck(Config):
    """Settings: the two blocks of a residual network."""

    channels: int = choice(*CHANNELS, default=256, unit="channels", help="In and out.")
    inner: int = choice(*CHANNELS, default=64, unit="channels", help="Between the two 1x1.")
    side: int = choice(*SIDES, default=56, unit="px", help="Side of the maps.")


def _bottleneck(s: Bottleneck) -> list[Design]:
    shape = (s.channels, s.side, s.side)
    return [
        Design("two 3x3", lambda: convolutions(s.channels, [(3, 3)] * 2), shape),
        Design("1x1, 3x3, 1x1", lambda: bottleneck(s.channels, s.inner), shape),
        Design(
            f"two 3x3 of {s.inner}",
            lambda: convolutions(s.inner, [(3, 3)] * 2),
            (s.inner, s.side, s.side),
        ),
    ]


@dataclass(frozen=True)
class Separable(Config):
    """Settings: a depthwise separable convolution."""

    kernel_size: int = choice(3, 5, 7, default=3, unit="px", help="Side of the kernels.")
    channels: int = choice(*CHANNELS, default=64, unit="channels", help="In and out.")
    side: int = choice(*SIDES, default=28, unit="px", help="Side of the maps.")


def _separable(s: Separable) -> list[Design]:
    shape, k = (s.channels, s.side, s.side), s.kernel_size
    return [
        Design(f"{k}x{k}", lambda: convolutions(s.channels, [(k, k)]), shape),
        Design(f"depthwise {k}x{k}, then 1x1", lambda: depthwise_separable(s.channels, k), shape),
    ]


@dataclass(frozen=True)
class Growth(Config):
    """Settings: a dense block."""

    first: int = choice(*CHANNELS, default=64, unit="maps", help="k0: what the block reads.")
    growth_rate: int = choice(4, 8, 12, 16, 24, 32, 48, default=32, unit="maps", help="k.")
    layers: int = choice(2, 3, 4, 5, 6, 8, 12, 16, 24, default=5, unit="layers", help="L.")
    bottleneck: bool = flag(default=False, help="A 1x1 to 4k maps in front of each 3x3.")
    side: int = choice(*SIDES, default=28, unit="px", help="Side of the maps.")


def _growth(s: Growth) -> list[Design]:
    width = dense_inputs(s.first, s.growth_rate, s.layers + 1)
    return [
        Design(
            "dense block",
            lambda: DenseBlock(s.first, s.growth_rate, s.layers, s.bottleneck),
            (s.first, s.side, s.side),
        ),
        Design(
            f"{s.layers} plain 3x3 of {width} maps",
            lambda: convolutions(width, [(3, 3)] * s.layers),
            (width, s.side, s.side),
        ),
    ]


def _growth_note(s: Growth) -> str:
    reads = [dense_inputs(s.first, s.growth_rate, layer) for layer in range(1, s.layers + 1)]
    return (
        f"Layer l reads k0 + k (l - 1) maps: {', '.join(map(str, reads))}. There are L (L + 1) / 2 "
        f"= {s.layers} x {s.layers + 1} / 2 = {dense_connections(s.layers)} connections instead of "
        f"{s.layers}."
    )


@dataclass(frozen=True)
class Heads(Config):
    """Settings: the head of a network."""

    channels: int = choice(*CHANNELS, default=512, unit="channels", help="Of the last maps.")
    side: int = choice(*SIDES, default=7, unit="px", help="Of the last maps.")
    hidden: int = choice(256, 512, 1024, 2048, 4096, default=4096, unit="units", help="Of each.")
    classes: int = choice(10, 100, 1000, default=1000, unit="classes", help="Outputs.")


def _heads(s: Heads) -> list[Design]:
    shape = (s.channels, s.side, s.side)
    return [
        Design(
            "three linear layers",
            lambda: linear_head(s.channels, s.side, s.hidden, s.classes),
            shape,
        ),
        Design("average pooling, one linear", lambda: pooled_head(s.channels, s.classes), shape),
    ]


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        "small kernels",
        "One large kernel, or a stack of small ones?",
        Stacks,
        _stacks,
        "Two 3x3 have the receptive field of one 5x5 with 18 instead of 25 weights, three that of "
        "one 7x7 with 27 C² instead of 49 C² (Simonyan and Zisserman 2015, section 2.3).",
    ),
    Comparison(
        "operations by hand",
        "How many operations does a 5x5 kernel need on a 5x5 image?",
        Operations,
        _operations,
        "625 multiplications and 600 additions vs 450 and 400 with two 3x3, counting all products "
        "at each of the 25 positions, including padded ones.",
    ),
    Comparison(
        "n x n in two",
        "n x n, or 1 x n and n x 1?",
        Factors,
        _factors,
        "A kernel of rank one equals its row followed by its column. Other kernels do not, and the "
        "network learns with 2n instead of n² weights (Szegedy et al. 2016, section "
        "3.2).",
    ),
    Comparison(
        "inception module",
        "What do 1x1 convolutions save in an Inception module?",
        Module,
        _inception,
        "854 million operations become 358 million. The slide's own terms add up to only 271 "
        "million; 358 counts the 3x3 branch twice.",
    ),
    Comparison(
        "residual bottleneck",
        "What does a bottleneck save?",
        Bottleneck,
        _bottleneck,
        "A bottleneck of 256 channels costs about as much as two 3x3 of 64 (He et al. 2016, "
        "Figure 5).",
    ),
    Comparison(
        "depthwise separable",
        "What if each channel has its own kernel?",
        Separable,
        _separable,
        "k² + C weights per channel instead of k² C. No network of the five lectures uses it; "
        "the lab's kernel with as many groups as channels does.",
    ),
    Comparison(
        "dense block",
        "How many maps does a dense layer read?",
        Growth,
        _growth,
        "L layers have L (L + 1) / 2 connections, and layer l reads k0 + k (l - 1) maps (Huang et "
        "al. 2017, sections 1 and 3).",
        _growth_note,
    ),
    Comparison(
        "heads",
        "Linear layers at the end, or global average pooling?",
        Heads,
        _heads,
        "The first linear layer of VGG-16 has 102 M weights; pooling has none (Lin et al. "
        "2014, section 3.2).",
    ),
)
