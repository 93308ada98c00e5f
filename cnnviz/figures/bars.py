"""Bars of shares, sizes, times and counts, each below its words.

HTML without a script, so that they are on screen at once, print, and take the page's colours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnviz.figures.templates import render
from cnnviz.figures.theme import CATEGORIES, bytes_text

# The same part has the same colour in every bar.
MEMORY_COLOURS = {
    "parameters": CATEGORIES[0],
    "gradients": CATEGORIES[4],
    "optimiser": CATEGORIES[3],
    "buffers": CATEGORIES[2],
    "activations": CATEGORIES[1],
}
SPLIT_COLOURS = {"train": CATEGORIES[0], "test": CATEGORIES[1]}
BINS = 40


@dataclass(frozen=True)
class Piece:
    """A part of a bar.

    Attributes:
        share: Of the track's length, in [0, 1].
        colour: "#rrggbb".
        title: What pointing at it says.
        words: Written in it.
    """

    share: float
    colour: str
    title: str = ""
    words: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar with the words above it.

    Attributes:
        label: What it is of.
        pieces: From left to right.
        amount: What follows the label.
        text: At the right.
        limit: A line across the bar: its share is where.
        whisker: Where a spread starts and how long it is, as shares.
    """

    label: str
    pieces: Sequence[Piece]
    amount: str = ""
    text: str = ""
    limit: Piece | None = None
    whisker: tuple[float, float] | None = None


def bars(rows: Sequence[Bar], height: int, colours: Mapping[str, str] | None = None) -> str:
    """HTML of bars one below the other, and a legend.

    Args:
        rows: The bars.
        height: Of each in pixels.
        colours: Name -> colour, for the legend; None for no legend.
    """
    return render("bars", bars=rows, height=height, colours=colours)


def answer_bars(labels: Sequence[str], probabilities: Sequence[float]) -> str:
    """HTML of a network's most probable classes, a bar each, in per cent."""
    return bars(
        [
            Bar(label, [Piece(share, CATEGORIES[0])], text=f"{100 * share:.1f} %")
            for label, share in zip(labels, probabilities, strict=True)
        ],
        height=10,
    )


def memory_bars(
    uses: Mapping[str, Mapping[str, float]], verdicts: Mapping[str, str], limit: float
) -> str:
    """HTML of what fills a card's memory: a divided bar a use of a network, on one scale.

    Args:
        uses: Title of the use -> part (a key of ``MEMORY_COLOURS``) -> bytes.
        verdicts: Title of the use -> whether it fits, in words.
        limit: Bytes that can be had; a line stands there.
    """
    longest = max(limit, *(sum(parts.values()) for parts in uses.values()))
    end = Piece(min(limit / longest, 0.995), CATEGORIES[6], f"{bytes_text(limit)} can be had")
    rows = []
    for title, parts in uses.items():
        pieces = [
            Piece(size / longest, MEMORY_COLOURS[part], f"{part}: {bytes_text(size)}")
            for part, size in parts.items()
            if size
        ]
        rows.append(Bar(title, pieces, bytes_text(sum(parts.values())), verdicts[title], end))
    return bars(rows, 26, MEMORY_COLOURS)


def time_bars(
    labels: Sequence[str], texts: Sequence[str], spreads: Sequence[tuple[float, float, float]]
) -> str:
    """HTML of measured times: a bar a network up to its median, and a whisker from low to high.

    Args:
        labels: What was measured.
        texts: Median and spread in words.
        spreads: Low end, median and high end of each, in any unit.
    """
    longest = max(high for _, _, high in spreads)
    rows = []
    for index, (label, text, spread) in enumerate(zip(labels, texts, spreads, strict=True)):
        low, median, high = (seconds / longest for seconds in spread)
        piece = Piece(median, CATEGORIES[index % len(CATEGORIES)])
        rows.append(Bar(label, [piece], text=text, whisker=(low, max(high - low, 0.005))))
    return bars(rows, height=18)


def class_balance_bars(counts: Sequence[tuple[str, int, int]]) -> str:
    """HTML of how many images each class has: two bars a class on one scale, and both numbers.

    Args:
        counts: Name of the class, images to train on, images to test on.
    """
    longest = max(max(train, test) for _, train, test in counts) or 1
    return render("class_balance", counts=counts, longest=longest, colours=SPLIT_COLOURS)


def histogram(values: np.ndarray, title: str) -> str:
    """HTML of the counts of values in 40 bins, on a logarithmic scale, because zeros are many."""
    counts, edges = np.histogram(values, BINS)
    heights = np.log1p(counts) / max(float(np.log1p(counts.max())), 1e-9)
    words = [
        f"{low:.3g} to {high:.3g}: {count:,}"
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    return render(
        "histogram",
        title=title,
        bars=list(zip(words, heights.tolist(), strict=True)),
        colour=CATEGORIES[0],
        low=f"{edges[0]:.3g}",
        high=f"{edges[-1]:.3g}",
        most=int(counts.max()),
    )
