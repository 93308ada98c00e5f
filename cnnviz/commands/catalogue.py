"""The commands list and fetch: the published variants and their weights."""

import argparse
import sys

from cnnviz.analysis.costs import cost
from cnnviz.architectures import ARCHITECTURES, variant
from cnnviz.commands.answer import Answer
from cnnviz.weights.download import Progress
from cnnviz.weights.loading import fetch


def list_command(options: argparse.Namespace) -> Answer:
    """All published variants, a line each."""
    rows = [
        {
            "architecture": family.name,
            "variant": name,
            "year": family.year_of(name),
            "params": cost(name).params,
            "torchvision": published.torchvision,
        }
        for family in ARCHITECTURES
        for name, published in family.variants.items()
    ]
    line = "{variant:<26} {architecture:<17} {year} {params:>13,}"
    return Answer("\n".join(line.format(**row) for row in rows), rows)


def fetch_command(options: argparse.Namespace) -> None:
    """Download weights, once all variants are known to exist."""
    for name in options.variants:
        variant(name)
    for name in options.variants:
        path = fetch(name, progress=_progress(name))
        sys.stderr.write("\n")
        print(path)


def _progress(name: str) -> Progress:
    def show(received: int, size: int | None) -> None:
        of_all = f" of {size / 1e6:.1f}" if size else ""
        sys.stderr.write(f"\r{name}: {received / 1e6:.1f}{of_all} MB   ")

    return show
