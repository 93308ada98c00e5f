"""Filters, their slices and what they make as small pictures with a word below each."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from io import BytesIO

import numpy as np
from PIL import Image

from cnnviz.figures.diverging import signed
from cnnviz.figures.theme import CATEGORIES, text_colour

CHOSEN = CATEGORIES[6]
LARGE = 48  # px; a PNG of a photo of more pixels would be large
GAP = 6  # px between pictures of a row
CELL = 44  # px of a kernel's cell

PICTURE = (
    '<figure style="margin:0;text-align:center">'
    '<img src="{source}" alt="{alt}" style="width:100%;display:block;aspect-ratio:{width}/{height};'
    'image-rendering:{smoothing};border-radius:2px;outline:{outline}"/>'
    '<figcaption style="font-size:0.8rem;line-height:1.2;margin-top:2px;overflow-wrap:anywhere">'
    "{caption}</figcaption></figure>"
)


def gallery(
    pictures: Iterable[np.ndarray],
    captions: Sequence[str],
    side: int,
    chosen: int | None = None,
    alt: str = "",
    most: int = 0,
) -> str:
    """HTML of pictures in rows that break where the page ends.

    Args:
        pictures: Each uint8 (h, w, 3).
        captions: What stands below each; an empty one leaves no room.
        side: Width of a picture on screen in pixels, at least; a row is filled.
        chosen: Position of the one that is framed.
        alt: What the pictures show; each one's caption is added.
        most: Pictures in a row at most; 0: as many as fit.
    """
    shown = "".join(
        _picture(picture, caption, position == chosen, alt)
        for position, (picture, caption) in enumerate(zip(pictures, captions, strict=True))
    )
    least = f"min({side}px,45%)"
    if most:
        least = f"max({least},calc((100% - {GAP * (most - 1)}px) / {most}))"
    columns = f"repeat(auto-fill,minmax({least},1fr))"
    return (
        f'<div style="display:grid;gap:8px {GAP}px;grid-template-columns:{columns}">{shown}</div>'
    )


def _picture(picture: np.ndarray, caption: str, is_chosen: bool, alt: str) -> str:
    height, width = picture.shape[:2]
    return PICTURE.format(
        source=_source(picture),
        alt=escape(f"{alt} {caption}".strip()),
        width=width,
        height=height,
        smoothing="pixelated" if max(height, width) <= LARGE else "auto",
        outline=f"3px solid {CHOSEN}" if is_chosen else "1px solid rgba(128,128,128,0.4)",
        caption=f"<b>{escape(caption)}</b>" if is_chosen else escape(caption),
    )


def _source(picture: np.ndarray) -> str:
    file, kind = BytesIO(), "png" if max(picture.shape[:2]) <= LARGE else "jpeg"
    Image.fromarray(picture).save(file, kind, quality=88)
    return f"data:image/{kind};base64,{b64encode(file.getvalue()).decode()}"


def enlarged(picture: np.ndarray, side: int) -> np.ndarray:
    """A picture (h, w, 3) with whole pixels repeated until its longer side is about ``side``."""
    times = max(1, round(side / max(picture.shape[:2])))
    return picture.repeat(times, axis=0).repeat(times, axis=1)


def kernel_picture(numbers: Sequence[Sequence[float]], divisor: int = 1, title: str = "") -> str:
    """HTML of a kernel: a cell a weight, its number in it, its colour signed.

    Args:
        numbers: The weights times ``divisor``, row by row.
        divisor: Said below the kernel, unless it is 1.
        title: What the kernel is, for those who do not see it.
    """
    values = np.asarray(numbers, dtype=np.float64)
    colours = signed(values / (np.abs(values).max() or 1)).reshape(-1, 3)
    cells = "".join(map(_cell, values.ravel(), colours))
    columns = values.shape[1]
    below = f'<div style="margin-top:4px">all divided by {divisor}</div>' if divisor != 1 else ""
    return (
        f'<div role="img" aria-label="{escape(title)}" style="width:{columns * CELL}px;'
        f'max-width:100%;margin:auto;text-align:center"><div style="display:grid;gap:1px;'
        f'grid-template-columns:repeat({columns},1fr)">{cells}</div>{below}</div>'
    )


def _cell(value: float, colour: np.ndarray) -> str:
    fill = "#{:02x}{:02x}{:02x}".format(*colour)
    words = f"{value:g}".replace("-", "\N{MINUS SIGN}")
    return (
        f'<div style="aspect-ratio:1;display:flex;align-items:center;justify-content:center;'
        f"outline:1px solid #8a8a8a;font-size:1.05rem;background:{fill};"
        f'color:{text_colour(fill)}">{words}</div>'
    )
