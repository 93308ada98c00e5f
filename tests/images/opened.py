"""Photographs for the tests of opening, and what is said of them."""

import io
from typing import Any

import numpy as np
from PIL import Image

CORNERS = ((200, 30, 30), (30, 160, 40), (40, 60, 200), (220, 200, 40))

OPTIONS: dict[str, dict[str, Any]] = {
    "WEBP": {"lossless": True},
    "JPEG": {"quality": 95, "subsampling": 0},
}


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **OPTIONS.get(kind, {}), **options)
    return stream.getvalue()


def quarters(width: int = 60, height: int = 40) -> Image.Image:
    """A picture that differs in each of the eight orientations."""
    corners = Image.fromarray(np.array(CORNERS, dtype=np.uint8).reshape(2, 2, 3))
    return corners.resize((width, height), Image.Resampling.NEAREST)


def difference(one: Any, other: Any) -> float:
    """Mean absolute difference of two pictures or colours, in levels of 255."""
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean())


def plain(mode: str, colour: Any, kind: str = "PNG", **options: Any) -> bytes:
    return encoded(Image.new(mode, (16, 16), colour), kind, **options)
