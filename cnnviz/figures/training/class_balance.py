"""How many images each class has, as small bars."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnnviz.figures.legend import legend
from cnnviz.figures.theme import CATEGORIES

COLOURS = {"train": CATEGORIES[0], "test": CATEGORIES[1]}
NAME = (
    '<div title="{name}" style="overflow:hidden;text-overflow:ellipsis;white-space:nowrap">'
    "{name}</div>"
)
BAR = '<div style="height:7px;width:{width:.2f}%;min-width:1px;background:{colour}"></div>'
COUNTS = (
    '<div style="text-align:right;font-variant-numeric:tabular-nums">{train:,} + {test:,}</div>'
)


def class_balance_bars(counts: Sequence[tuple[str, int, int]]) -> str:
    """HTML with two bars a class on one scale, and both numbers.

    Args:
        counts: Name of the class, images to train on, images to test on.
    """
    longest = max(max(train, test) for _, train, test in counts) or 1
    rows = "".join(_row(*count, longest) for count in counts)
    grid = (
        "display:grid;grid-template-columns:minmax(3rem,9rem) minmax(3rem,1fr) max-content;"
        "column-gap:0.6rem;row-gap:0.25rem;align-items:center;font-size:0.85rem"
    )
    return f'<div><div style="{grid}">{rows}</div>{legend(COLOURS)}</div>'


def _row(name: str, train: int, test: int, longest: int) -> str:
    bars = "".join(
        BAR.format(width=100 * count / longest, colour=COLOURS[split])
        for split, count in (("train", train), ("test", test))
    )
    counts = COUNTS.format(train=train, test=test)
    return f"{NAME.format(name=escape(name))}<div>{bars}</div>{counts}"
