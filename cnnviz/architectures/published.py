"""Figures published in the papers, read from published.csv."""

import csv
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

COUNTS = ("params", "macs")
ERRORS = {
    "top1_error": "ImageNet top-1 error",
    "top5_error": "ImageNet top-5 error",
    "c10_error": "CIFAR-10 error, no augmentation",
    "c10plus_error": "CIFAR-10 error, flips and shifts",
    "c100_error": "CIFAR-100 error, no augmentation",
    "c100plus_error": "CIFAR-100 error, flips and shifts",
    "svhn_error": "SVHN error",
    "mnist_error": "MNIST error",
}


@dataclass(frozen=True)
class PublishedFigure:
    """A published number.

    Attributes:
        variant: The published configuration.
        quantity: One of ``COUNTS`` or of ``ERRORS``.
        value: The number as printed ("0.27").
        unit: Its unit prefix ("M"), or "%".
        protocol: How an error was measured ("10 crops"), as the paper says; empty for counts.
        source: Paper, table and row.
        deviation: Why the built network's count does not round to it; empty where it does.
    """

    variant: str
    quantity: str
    value: str
    unit: str
    protocol: str
    source: str
    deviation: str


def published(variant: str) -> tuple[PublishedFigure, ...]:
    """All published figures of a variant, in the order of the file."""
    return tuple(figure for figure in _figures() if figure.variant == variant)


def has_printed_counts(variant: str) -> bool:
    """Whether a paper prints a variant's parameters or multiply-accumulates."""
    return any(figure.quantity in COUNTS for figure in published(variant))


def protocols(quantity: str, of: Iterable[str]) -> tuple[str, ...]:
    """How an error of some variants was measured; what most of them have in common comes first."""
    figures = [f for name in of for f in published(name) if f.quantity == quantity]
    return most_common_first((f.variant, f.protocol) for f in figures)


def most_common_first(measured: Iterable[tuple[Hashable, str]]) -> tuple[str, ...]:
    """The protocols among pairs of a network and a protocol, that of most networks first."""
    counts = Counter(protocol for _, protocol in dict.fromkeys(measured))
    return tuple(protocol for protocol, _ in counts.most_common())


@cache
def _figures() -> tuple[PublishedFigure, ...]:
    path = Path(__file__).with_name("published.csv")
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(PublishedFigure(**row) for row in csv.DictReader(file))
