"""The arms of an experiment as one piece of HTML: a row each, and on a phone a card each.

One piece, and not a table of widgets: sixty pages replace it each second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

STYLE = """<style>
.arms {container-type: inline-size; font-variant-numeric: tabular-nums; line-height: 1.45}
.arms-row {display: grid; gap: 2px 18px; padding: 7px 0; align-items: start;
  grid-template-columns: minmax(130px, 1.4fr) repeat(var(--columns), minmax(60px, 1fr));
  border-top: 1px solid rgba(128, 128, 128, 0.3)}
.arms-head {opacity: 0.75; font-size: 0.875rem; border-top: none}
.arms-arm {display: flex; gap: 9px; font-weight: 600; overflow-wrap: anywhere}
.arms-arm .arms-line {margin-top: 0.62em; height: 0}
.arms-small {opacity: 0.75; font-size: 0.8rem}
.arms-cell {min-width: 0; overflow-wrap: anywhere}
@container (max-width: 759px) {
  .arms-head {display: none}
  .arms-row {grid-template-columns: minmax(0, 1fr) minmax(0, 1fr)}
  .arms-arm {grid-column: 1 / -1}
  .arms-cell::before {content: attr(data-title); display: block; opacity: 0.75;
    font-size: 0.8rem}
}
</style>"""
LEGEND = "display:flex;flex-wrap:wrap;gap:2px 22px;font-size:0.9rem"


@dataclass(frozen=True)
class Cell:
    """What a row says in a column.

    Attributes:
        text: The value with its unit.
        small: Below it, smaller; may be empty.
    """

    text: str
    small: str = ""


@dataclass(frozen=True)
class ArmRow:
    """A row.

    Attributes:
        title: Of the arm.
        colour: Of its curves, "#rrggbb".
        is_dashed: Whether they are dashed.
        cells: By the column's heading; what a row lacks stays empty.
    """

    title: str
    colour: str
    is_dashed: bool
    cells: Mapping[str, Cell]


def arm_table(rows: Sequence[ArmRow]) -> str:
    """HTML of the rows, whose columns are those that any of them has, in their order."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row.cells))
    head = "".join(f"<div>{escape(heading)}</div>" for heading in ("Arm", *headings))
    lines = "".join(_row(row, headings) for row in rows)
    return (
        f'{STYLE}<div class="arms" style="--columns:{len(headings)}">'
        f'<div class="arms-row arms-head">{head}</div>{lines}</div>'
    )


def arm_legend(arms: Sequence[tuple[str, str, bool]]) -> str:
    """HTML that says which line is which arm; it wraps where a chart's own legend would be cut.

    Args:
        arms: Title, colour "#rrggbb" and whether the line is dashed.
    """
    keys = "".join(
        f'<span style="display:flex;gap:8px;align-items:center">{_line(colour, is_dashed)}'
        f"<span>{escape(title)}</span></span>"
        for title, colour, is_dashed in arms
    )
    return f'<div class="arms-legend" style="{LEGEND}">{keys}</div>'


def _line(colour: str, is_dashed: bool) -> str:
    look = f"{'dashed' if is_dashed else 'solid'} {colour}"
    return f'<span class="arms-line" style="flex:0 0 26px;border-top:4px {look}"></span>'


def _row(row: ArmRow, headings: Sequence[str]) -> str:
    cells = "".join(_cell(heading, row.cells.get(heading)) for heading in headings)
    return (
        f'<div class="arms-row"><div class="arms-arm">{_line(row.colour, row.is_dashed)}'
        f"<span>{escape(row.title)}</span></div>{cells}</div>"
    )


def _cell(heading: str, cell: Cell | None) -> str:
    if cell is None:
        return '<div class="arms-cell"></div>'
    small = f'<div class="arms-small">{escape(cell.small)}</div>' if cell.small else ""
    return f'<div class="arms-cell" data-title="{escape(heading)}">{escape(cell.text)}{small}</div>'
