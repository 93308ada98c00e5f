"""Signed values as colours: blue below 0, nearly white at 0, red above."""

from __future__ import annotations

import numpy as np
from plotly.colors import diverging, unlabel_rgb

# ColorBrewer's; blue and red are told apart by the colour-blind, as green and red are not.
COLOURS = diverging.RdBu[::-1]


def signed(values: np.ndarray) -> np.ndarray:
    """Colours uint8 (..., 3) of values in [-1, 1], (...): dark blue is -1, dark red is 1."""
    stops = np.linspace(-1, 1, len(COLOURS))
    channels = np.array([unlabel_rgb(colour) for colour in COLOURS]).T
    mixed = np.stack([np.interp(values, stops, channel) for channel in channels], axis=-1)
    return mixed.round().astype(np.uint8)


def scale(low: str, middle: str, high: str) -> str:
    """HTML of the colours from left to right, with what their ends and middle stand for."""
    return bar(COLOURS, low, middle, high)


def bar(colours: list[str] | tuple[str, ...], low: str, middle: str, high: str) -> str:
    """HTML of any colours from left to right with three words below."""
    words = "".join(f"<span>{word}</span>" for word in (low, middle, high))
    return (
        f'<div style="height:10px;border-radius:3px;border:1px solid rgba(128,128,128,0.5);'
        f'background:linear-gradient(to right,{",".join(colours)})"></div>'
        '<div style="display:flex;justify-content:space-between;font-size:0.85rem">'
        f"{words}</div>"
    )
