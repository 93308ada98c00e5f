"""What the colours of a heat map mean."""

from __future__ import annotations

from html import escape

from cnnviz.figures.heatmap import COLOURS


def colour_scale(low: str, high: str, title: str) -> str:
    """HTML with the colours from 0 to 1 between two words, below a title."""
    colours = ",".join(COLOURS)
    return (
        f'<div role="img" aria-label="{escape(f"{title}: {low} to {high}")}">'
        f'<div style="margin-bottom:4px">{escape(title)}</div>'
        f'<div style="height:14px;border-radius:4px;background:linear-gradient(90deg,{colours})">'
        '</div><div style="display:flex;justify-content:space-between">'
        f"<span>{escape(low)}</span><span>{escape(high)}</span></div></div>"
    )
