"""Which colour stands for which value."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnnviz.figures.heatmap import COLOURS


def colour_scale(
    low: str, high: str, title: str = "", middle: str = "", colours: Sequence[str] = COLOURS
) -> str:
    """HTML of a bar of colours, below a title, above what its ends and its middle stand for."""
    heading = f'<div style="margin-bottom:4px">{escape(title)}</div>' if title else ""
    words = "".join(f"<span>{escape(word)}</span>" for word in (low, middle, high))
    name = escape(f"{title or 'Colours'}: {low} to {high}")
    return (
        f'<div role="img" aria-label="{name}" style="max-width:720px">{heading}'
        '<div style="height:14px;border-radius:4px;border:1px solid rgba(128,128,128,0.5);'
        f'background:linear-gradient(90deg,{",".join(colours)})"></div>'
        f'<div style="display:flex;justify-content:space-between;font-size:0.9rem">{words}</div>'
        "</div>"
    )
