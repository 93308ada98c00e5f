"""Mean gate values as one piece of HTML: a row an arm, a coloured cell a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from cnnviz.figures.heatmap import coloured
from cnnviz.figures.theme import text_colour

CELL = (
    '<div title="{title}" style="background:{colour};color:{text};padding:3px 0;'
    'text-align:center;border-radius:3px;font-size:0.85rem">{value}</div>'
)


def gate_table(rows: Sequence[tuple[str, Mapping[str, float]]]) -> str:
    """HTML of mean gate values in [0, 1], dark is 0 and yellow is 1.

    Args:
        rows: Title of the arm, and its gates' means by unit, from the input to the output.
    """
    return "".join(_row(title, gates) for title, gates in rows)


def _row(title: str, gates: Mapping[str, float]) -> str:
    cells = "".join(_cell(title, unit, value) for unit, value in gates.items())
    return (
        f'<div style="margin-bottom:10px"><div>{escape(title)}</div><div style="display:grid;'
        "grid-template-columns:repeat(auto-fit,minmax(44px,1fr));gap:3px;max-width:900px;"
        f'font-variant-numeric:tabular-nums">{cells}</div></div>'
    )


def _cell(title: str, unit: str, value: float) -> str:
    red, green, blue = coloured(np.array([[np.clip(value, 0, 1)]]))[0, 0]
    colour = f"#{red:02x}{green:02x}{blue:02x}"
    words = escape(f"{title}, unit {unit}: mean gate {value:.4f}")
    return CELL.format(title=words, colour=colour, text=text_colour(colour), value=f"{value:.2f}")
