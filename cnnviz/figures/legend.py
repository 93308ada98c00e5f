"""Legends: colours by name, lines of a chart, scales of values."""

from collections.abc import Mapping, Sequence

from cnnviz.figures.colour_maps import SIGNED, VIRIDIS
from cnnviz.figures.templates import render


def legend(colours: Mapping[str, str]) -> str:
    """HTML with a square of each colour before its name.

    Args:
        colours: Name -> colour.
    """
    return render("legend", colours=colours)


def line_legend(lines: Sequence[tuple[str, str, bool]]) -> str:
    """HTML of a legend of lines, which wraps where a chart's own would be cut.

    Args:
        lines: Title, colour "#rrggbb" and whether the line is dashed.
    """
    return render("line_legend", lines=lines)


def colour_scale(
    low: str, high: str, title: str = "", middle: str = "", colours: Sequence[str] = VIRIDIS
) -> str:
    """HTML of a bar of colours, below a title, above what its ends and its middle stand for."""
    name = f"{title or 'Colours'}: {low} to {high}"
    return colour_bar(colours, (low, middle, high), name, title)


def signed_scale(low: str, high: str, middle: str = "0") -> str:
    """HTML of the bar of signed values, above what its ends and its middle stand for."""
    return colour_scale(low, high, middle=middle, colours=SIGNED)


def colour_bar(
    colours: Sequence[str], words: Sequence[str], name: str, title: str = "", height: int = 14
) -> str:
    """HTML of a bar of colours.

    Args:
        colours: From left to right; what lies between them is mixed.
        words: Below the bar, spread over its length.
        name: What the bar says, for those who do not see it.
        title: Above the bar; empty leaves no room.
        height: In pixels.
    """
    return render("colour_bar", colours=colours, words=words, name=name, title=title, height=height)
