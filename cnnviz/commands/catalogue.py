"""The commands list and fetch: the published variants and their weights."""

import argparse
import sys
from typing import Any

from cnnviz.analysis.costs import cost
from cnnviz.architectures import ARCHITECTURES, variant
from cnnviz.architectures.published import has_printed_counts
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
            "printed_counts": has_printed_counts(name),
            "origin": published.origin,
        }
        for family in ARCHITECTURES
        for name, published in family.variants.items()
    ]
    line = "{variant:<26} {architecture:<17} {year} {params:>13,}  {note}"
    lines = (line.format(**row, note=_note(row)).rstrip() for row in rows)
    return Answer("\n".join(lines), rows)


def _note(row: dict[str, Any]) -> str:
    """What is said of a variant whose counts no paper prints."""
    return row["origin"] or ("" if row["printed_counts"] else "No paper prints its counts.")


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
