"""Small tensors as tiles of numbers, a tile a channel, each with the colour of where it is from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

CELL = 46  # px, at least; a long number widens its column


@dataclass(frozen=True, eq=False)
class Tile:
    """A channel.

    Attributes:
        numbers: (rows, columns).
        caption: Below it; empty leaves no room.
        colour: "#rrggbb" of the bar above it.
    """

    numbers: np.ndarray
    caption: str
    colour: str


def number_tiles(tiles: Sequence[Tile], title: str) -> str:
    """HTML of tiles in rows that break where the page ends.

    Args:
        tiles: The channels.
        title: What the tensor is, for those who do not see it; its numbers are added.
    """
    said = f"{title}: " + "; ".join(_said(tile) for tile in tiles)
    body = "".join(map(_tile, tiles))
    return (
        f'<div role="img" aria-label="{escape(said)}" style="display:flex;flex-wrap:wrap;'
        f'gap:10px;align-items:flex-start">{body}</div>'
    )


def number_text(value: float) -> str:
    """A number with what fits a cell: "3", "0.25", "1.333", with a true minus sign."""
    rounded = round(float(value), 3) + 0.0
    words = f"{rounded:.4g}" if abs(rounded) < 10_000 else f"{rounded:,.0f}"
    return words.replace("-", "\N{MINUS SIGN}")


def _said(tile: Tile) -> str:
    rows = ", ".join(" ".join(map(number_text, row)) for row in tile.numbers)
    return f"{tile.caption} {rows}".strip()


def _tile(tile: Tile) -> str:
    cells = "".join(
        f'<div style="min-width:{CELL}px;box-sizing:border-box;padding:0.35rem;text-align:center;'
        f'border:1px solid rgba(128,128,128,0.5)">{number_text(value)}</div>'
        for value in tile.numbers.ravel()
    )
    columns = tile.numbers.shape[1]
    below = f'<div style="font-size:0.85rem;text-align:center">{escape(tile.caption)}</div>'
    return (
        f'<div style="max-width:100%"><div style="border-top:6px solid {tile.colour};display:grid;'
        f"overflow-x:auto;font-size:1.2rem;font-variant-numeric:tabular-nums;"
        f'grid-template-columns:repeat({columns},minmax(max-content,auto))">{cells}</div>'
        f"{below if tile.caption else ''}</div>"
    )
