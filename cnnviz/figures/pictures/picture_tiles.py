"""Pictures with what a network says of them, in as many rows as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from cnnviz.figures.pictures.mosaic import png_url


@dataclass(frozen=True, eq=False)
class PictureTile:
    """One or more views of a picture side by side, with two lines under them.

    Attributes:
        pictures: Each uint8 (H, W, 3), a square.
        title: The first line, bold.
        text: The second line.
    """

    pictures: Sequence[np.ndarray]
    title: str
    text: str


def picture_tiles(tiles: Sequence[PictureTile], least: float = 6.5) -> str:
    """HTML of the tiles.

    Args:
        tiles: In order.
        least: Width of a tile in rem, at least.
    """
    drawn = "".join(_tile(tile) for tile in tiles)
    return (
        '<div class="tiles" style="display:grid;gap:0.9rem 0.7rem;'
        f'grid-template-columns:repeat(auto-fill,minmax(min({least}rem,46%),1fr))">{drawn}</div>'
    )


def _tile(tile: PictureTile) -> str:
    alt = escape(f"{tile.title}, {tile.text}")
    pictures = "".join(
        f'<img src="{_address(picture)}" alt="{alt}" style="flex:1 1 0;min-width:0;aspect-ratio:1;'
        'image-rendering:pixelated;border-radius:4px">'
        for picture in tile.pictures
    )
    return (
        f'<figure style="margin:0;min-width:0"><div style="display:flex;gap:3px">{pictures}</div>'
        '<figcaption style="font-size:0.85rem;line-height:1.35;margin-top:0.25rem">'
        f'<div style="font-weight:600;overflow-wrap:anywhere">{escape(tile.title)}</div>'
        f'<div style="opacity:0.75;overflow-wrap:anywhere">{escape(tile.text)}</div>'
        "</figcaption></figure>"
    )


def _address(picture: np.ndarray) -> str:
    """Without loss: a small picture is all of what the network saw."""
    from PIL import Image

    return png_url(Image.fromarray(picture))
