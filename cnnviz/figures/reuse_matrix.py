"""DenseNet's Figure 5 as SVG: a panel a dense block, sources down, readers across."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from cnnviz.figures.colour_maps import coloured
from cnnviz.figures.svg import SKIP, Extent, document, rectangle, standalone, text
from cnnviz.figures.theme import hexadecimal

LABELS, TOP, GAP = 62, 46, 20  # of a panel
WIDEST, SMALLEST, LARGEST = 286, 4, 22  # all cells of a row; one cell
PALETTE = tuple(map(hexadecimal, coloured(np.linspace(0, 1, 256)[None])[0]))


@dataclass(frozen=True, eq=False)
class Panel:
    """The drawing of one dense block's matrix.

    Attributes:
        title: Above it.
        sources: Names of the rows; the first is the block's input.
        targets: Names of the columns; the last is what follows the block.
        name: Of the block in addresses.
        colours: In [0, 1], (sources, targets); nan where nothing is read.
        values: What each cell says, of the same shape.
    """

    title: str
    name: str
    sources: Sequence[str]
    targets: Sequence[str]
    colours: np.ndarray
    values: np.ndarray

    @property
    def side(self) -> float:
        """Of a cell."""
        return max(SMALLEST, min(LARGEST, WIDEST / len(self.targets)))

    @property
    def cells(self) -> list[tuple[int, int]]:
        """Row and column of each cell, in the order in which they are drawn."""
        rows, columns = np.nonzero(~np.isnan(self.colours))
        return list(zip(rows.tolist(), columns.tolist(), strict=True))

    def box(self, row: int, column: int, rows: int = 1, columns: int = 1) -> Extent:
        """Where a cell is, or so many rows and columns of cells from there."""
        side = self.side
        return (LABELS + column * side, TOP + row * side, columns * side, rows * side)

    def cell_name(self, row: int, column: int) -> str:
        """The name of a cell in addresses: "block2.input.layer3"."""
        words = (self.name, self.sources[row], self.targets[column])
        return ".".join(words).replace(" ", "")

    def says(self, row: int, column: int) -> str:
        """A cell in words, without its number."""
        return f"{self.targets[column]} reads {self.sources[row]}"


def panels(
    blocks: Iterable[tuple[Sequence[str], Sequence[str], np.ndarray]], colours: Iterable[np.ndarray]
) -> list[Panel]:
    """A panel a dense block, numbered from 1.

    Args:
        blocks: Sources, targets and values of each.
        colours: Of each, in [0, 1].
    """
    return [
        Panel(f"Dense block {number}", f"block{number}", sources, targets, shares, values)
        for number, ((sources, targets, values), shares) in enumerate(
            zip(blocks, colours, strict=True), 1
        )
    ]


def number_text(value: float) -> str:
    """The value of a cell to three digits: "0.0123", "1180"."""
    return f"{float(f'{value:.3g}'):g}"


def reuse_drawing(panels: Sequence[Panel], selected: str | None = None) -> str:
    """The panels one below the other; text in the colour of the page.

    The row of the block's input and the column of what follows the block are framed.

    Args:
        panels: Of ``panels``.
        selected: Name of the cell that is marked, or empty: then cells can be chosen; one of each
            panel takes part in the order of Tab, and the arrow keys go on from there.
    """
    top, bodies = 0.0, []
    for panel in panels:
        drawn = _panel(panel, selected)
        bodies.append(
            f'<g data-grid="" shape-rendering="crispEdges" transform="translate(0,{top:.0f})">'
            f"{drawn}</g>"
        )
        top += TOP + len(panel.sources) * panel.side + GAP
    title = f"How much each layer reads of each source, {len(panels)} dense blocks"
    return document((0, 0, LABELS + WIDEST + 4, top), "".join(bodies), title)


def reuse_file(panels: Sequence[Panel]) -> str:
    """The same drawing as a file of its own, dark on white."""
    return standalone(reuse_drawing(panels))


def _panel(panel: Panel, selected: str | None) -> str:
    shades = _shades(np.nan_to_num(panel.colours))
    names = {panel.cell_name(*place): place for place in panel.cells}
    first = selected if selected in names else next(iter(names))
    drawn = _frame_words(panel)
    for name, (row, column) in names.items():
        chosen = "" if selected is None else _choosable(name, row, column, name == first)
        look = f'class="{"item " if chosen else ""}cell" fill="{PALETTE[shades[row, column]]}"'
        says = f"{panel.says(row, column)}: {number_text(panel.values[row, column])}"
        drawn += rectangle(panel.box(row, column), look + chosen, says)
    rows, columns = panel.colours.shape
    drawn += _frame(panel.box(0, 0, 1, columns), 1.5)
    drawn += _frame(panel.box(0, columns - 1, rows, 1), 1.5)
    return drawn + (_frame(panel.box(*names[selected]), 3) if selected in names else "")


def _choosable(name: str, row: int, column: int, is_first: bool) -> str:
    """The attributes by which ``ui/picture.js`` knows a cell."""
    return (
        f' role="button" tabindex="{0 if is_first else -1}" data-select="{escape(name)}" '
        f'data-row="{row}" data-column="{column}"'
    )


def _frame_words(panel: Panel) -> str:
    """Title, and the names of first and last rows and columns."""
    side, last = panel.side, len(panel.sources) - 1
    right = LABELS + len(panel.targets) * side
    words = [text(0, 16, panel.title, 14, "start", "600")]
    words += [
        text(LABELS - 6, TOP + (row + 0.5) * side + 4, panel.sources[row], 11, "end")
        for row in (0, last)
    ]
    words.append(text(LABELS, TOP - 8, panel.targets[0], 11, "start"))
    words.append(text(right, TOP - 8, panel.targets[-1], 11, "end"))
    return "".join(words)


def _frame(box: Extent, thickness: float) -> str:
    look = f'fill="none" stroke="{SKIP}" stroke-width="{thickness:g}" pointer-events="none"'
    return rectangle(box, look)


def frames(epochs: Sequence[Sequence[Panel]]) -> tuple[np.ndarray, np.ndarray]:
    """The frames of an animation: each cell's position in ``PALETTE`` and its value.

    Args:
        epochs: The panels of each drawing.

    Returns:
        uint8 and float32 (drawings, cells), the cells in the order in which they are drawn.
    """
    shades, values = [], []
    for drawn in epochs:
        read = [~np.isnan(panel.colours) for panel in drawn]
        colours = np.concatenate([p.colours[mask] for p, mask in zip(drawn, read, strict=True)])
        numbers = np.concatenate([p.values[mask] for p, mask in zip(drawn, read, strict=True)])
        shades.append(_shades(colours))
        values.append(numbers.astype(np.float32))
    return np.array(shades), np.array(values)


def _shades(colours: np.ndarray) -> np.ndarray:
    """Positions in ``PALETTE`` of colours in [0, 1]."""
    shades: np.ndarray = np.rint(colours.clip(0, 1) * (len(PALETTE) - 1)).astype(np.uint8)
    return shades
