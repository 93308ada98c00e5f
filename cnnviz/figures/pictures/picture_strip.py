"""A photo and the pictures that are nearest to it, in a row, as in AlexNet's Figure 4."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO

import numpy as np
from PIL import Image

from cnnviz.figures.theme import CATEGORIES

SMALL = 64  # px; pictures of fewer pixels are enlarged without smoothing


@dataclass(frozen=True, eq=False)
class Tile:
    """A picture with what stands under it.

    Attributes:
        picture: uint8 (H, W, 3), a square.
        number: The first line, bold: a distance.
        label: The second line: a class; may be empty.
        name: The last line: what the picture is called; cut where it is long.
    """

    picture: np.ndarray
    number: str
    label: str
    name: str


def strip(photo: Tile, neighbours: Sequence[Tile]) -> str:
    """HTML of a photo in a frame and its neighbours, in as many rows as it takes."""
    tiles = _tile(photo, f"outline:3px solid {CATEGORIES[6]};outline-offset:1px;")
    tiles += "".join(_tile(neighbour) for neighbour in neighbours)
    return (
        '<div class="strip" style="display:grid;gap:0.9rem 0.8rem;padding:4px;'
        f'grid-template-columns:repeat(auto-fill,minmax(min(8.2rem,28%),1fr))">{tiles}</div>'
    )


def data_url(picture: np.ndarray, quality: int = 85) -> str:
    """A picture, uint8 (H, W, 3), as the address of a JPEG in itself."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return f"data:image/jpeg;base64,{b64encode(file.getvalue()).decode()}"


def _tile(tile: Tile, frame: str = "") -> str:
    name, label = escape(tile.name), escape(tile.label)
    rough = "image-rendering:pixelated;" if tile.picture.shape[0] <= SMALL else ""
    line = "overflow:hidden;text-overflow:ellipsis;white-space:nowrap"
    return (
        '<figure style="margin:0;min-width:0">'
        f'<img src="{data_url(tile.picture)}" alt="{name}" '
        f'style="width:100%;aspect-ratio:1;display:block;border-radius:4px;{rough}{frame}">'
        f'<figcaption title="{name}" style="font-size:0.85rem;line-height:1.35;margin-top:0.3rem">'
        f'<div style="font-weight:600">{escape(tile.number)}</div>'
        f'{f"""<div style="{line}">{label}</div>""" if label else ""}'
        f'<div style="{line};opacity:0.75">{name}</div></figcaption></figure>'
    )
