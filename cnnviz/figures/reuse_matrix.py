"""DenseNet's Figure 5 as SVG: a panel a dense block, sources down, readers across."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from cnnviz.figures.heatmap import coloured
from cnnviz.figures.svg import SKIP, document, standalone, text

INPUT = "input"  # the first row of a panel
LABELS, TOP, GAP = 62, 46, 20  # of a panel
WIDEST, SMALLEST, LARGEST = 286, 4, 22  # all cells of a row; one cell


@dataclass(frozen=True, eq=False)
class Panel:
    """What is drawn of a dense block.

    Attributes:
        title: Above it.
        sources: Names of the rows; the first is the block's input.
        targets: Names of the columns; the last is what follows the block.
        colours: In [0, 1], (sources, targets); nan where nothing is read.
        values: What each cell says, of the same shape.
    """

    title: str
    sources: Sequence[str]
    targets: Sequence[str]
    colours: np.ndarray
    values: np.ndarray


def panels(
    blocks: Iterable[tuple[Sequence[str], Sequence[str], np.ndarray]], colours: Iterable[np.ndarray]
) -> list[Panel]:
    """A panel a dense block, numbered from 1.

    Args:
        blocks: Sources, targets and values of each.
        colours: Of each, in [0, 1].
    """
    return [
        Panel(f"Dense block {number}", sources, targets, shares, values)
        for number, ((sources, targets, values), shares) in enumerate(
            zip(blocks, colours, strict=True), 1
        )
    ]


def reuse_drawing(panels: Sequence[Panel]) -> str:
    """The panels one below the other; text in the colour of the page.

    The row of the block's input and the column of what follows the block are framed.
    """
    top, bodies = 0.0, []
    for panel in panels:
        bodies.append(f'<g transform="translate(0,{top:.0f})">{_panel(panel)}</g>')
        top += TOP + len(panel.sources) * _side(panel) + GAP
    title = f"How much each layer reads of each source, {len(panels)} dense blocks"
    return document((0, 0, LABELS + WIDEST + 4, top), "".join(bodies), title)


def reuse_file(panels: Sequence[Panel]) -> str:
    """The same drawing as a file of its own, dark on white."""
    return standalone(reuse_drawing(panels))


def _side(panel: Panel) -> float:
    return max(SMALLEST, min(LARGEST, WIDEST / len(panel.targets)))


def _panel(panel: Panel) -> str:
    side = _side(panel)
    cells = "".join(
        _cell(panel, row, column, side)
        for row, column in zip(*np.nonzero(~np.isnan(panel.colours)), strict=True)
    )
    return _frame_words(panel, side) + cells + _frames(panel, side)


def _cell(panel: Panel, row: int, column: int, side: float) -> str:
    red, green, blue = coloured(panel.colours[row : row + 1, column : column + 1])[0, 0]
    words = f"{panel.targets[column]} reads {panel.sources[row]}: {panel.values[row, column]:.3g}"
    return (
        f'<rect x="{LABELS + column * side:.1f}" y="{TOP + row * side:.1f}" width="{side:.1f}" '
        f'height="{side:.1f}" fill="#{red:02x}{green:02x}{blue:02x}">'
        f"<title>{escape(words)}</title></rect>"
    )


def _frame_words(panel: Panel, side: float) -> str:
    """Title, and the names of first and last rows and columns."""
    last = len(panel.sources) - 1
    right = LABELS + len(panel.targets) * side
    words = [text(0, 16, panel.title, 14, "start", "font-weight:600")]
    words += [
        text(LABELS - 6, TOP + (row + 0.5) * side + 4, panel.sources[row], 11, "end")
        for row in (0, last)
    ]
    words.append(text(LABELS, TOP - 8, panel.targets[0], 11, "start"))
    words.append(text(right, TOP - 8, panel.targets[-1], 11, "end"))
    return "".join(words)


def _frames(panel: Panel, side: float) -> str:
    columns, rows = len(panel.targets), len(panel.sources)
    boxes = (
        (LABELS, TOP, columns * side, side),
        (LABELS + (columns - 1) * side, TOP, side, rows * side),
    )
    return "".join(
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="none" '
        f'stroke="{SKIP}" stroke-width="1.5" pointer-events="none"/>'
        for x, y, width, height in boxes
    )
