"""Rows of values under headings, as one piece of HTML; on a phone each row is a card.

One piece, and not a table of widgets: sixty pages replace it each second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnviz.figures.templates import render


@dataclass(frozen=True)
class Value:
    """A cell of a row, or one line of it.

    Attributes:
        text: The value with its unit.
        small: Below it, smaller; may be empty.
        colour: Of the network that it is of, "#rrggbb"; may be empty.
        share: Of a bar's length behind the text, in [0, 1]; None draws no bar.
        title: What pointing at it says.
    """

    text: str
    small: str = ""
    colour: str = ""
    share: float | None = None
    title: str = ""


@dataclass(frozen=True)
class Row:
    """A row of values by column.

    Attributes:
        title: What it is of.
        cells: Lines of values by the column's heading; what a row lacks stays empty.
        colour: Of a line before the title, "#rrggbb"; may be empty.
        is_dashed: Whether that line is dashed.
    """

    title: str
    cells: Mapping[str, Sequence[Value]]
    colour: str = ""
    is_dashed: bool = False


def rows_table(
    rows: Sequence[Row],
    first: str,
    kind: str = "",
    colours: Sequence[tuple[str, str]] = (),
) -> str:
    """HTML of the rows, whose columns are those that any of them has, in their order.

    Args:
        rows: In order.
        first: Heading of the rows' titles.
        kind: How wide the columns are: a class of the stylesheet.
        colours: Names and colours of the networks that the values are of.
    """
    headings = [first, *dict.fromkeys(heading for row in rows for heading in row.cells)]
    return render("rows", rows=rows, headings=headings, kind=kind, colours=colours)
