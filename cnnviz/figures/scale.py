"""Which colour stands for which value: a bar with its ends."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnnviz.figures.heatmap import COLOURS


def scale_bar(low: str, high: str, colours: Sequence[str] = COLOURS, middle: str = "") -> str:
    """HTML of a horizontal bar of colours with what its ends, and its middle, stand for."""
    return (
        '<div style="display:flex;align-items:center;gap:8px;font-size:0.9rem;max-width:480px">'
        f"<span>{escape(low)}</span>"
        '<span style="flex:1;text-align:center;height:14px;border-radius:3px;line-height:14px;'
        f'font-size:0.75rem;background:linear-gradient(to right,{",".join(colours)})">'
        f"{escape(middle)}</span><span>{escape(high)}</span></div>"
    )
