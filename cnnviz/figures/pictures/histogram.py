"""How often which value occurs."""

from __future__ import annotations

from html import escape

import numpy as np

from cnnviz.figures.theme import CATEGORIES

BINS = 40
HEIGHT = 110  # px


def histogram(values: np.ndarray, title: str) -> str:
    """HTML of the counts of values in 40 bins, on a logarithmic scale, because zeros are many."""
    counts, edges = np.histogram(values, BINS)
    heights = 100 * np.log1p(counts) / max(float(np.log1p(counts.max())), 1e-9)
    bars = "".join(
        f'<div title="{low:.3g} to {high:.3g}: {count:,}" style="flex:1;height:{height:.1f}%;'
        f'background:{CATEGORIES[0]}"></div>'
        for low, high, count, height in zip(edges, edges[1:], counts, heights, strict=False)
    )
    return (
        f'<div role="img" aria-label="{escape(title)}">'
        f'<div style="display:flex;align-items:flex-end;gap:1px;height:{HEIGHT}px;'
        f'border-bottom:1px solid rgba(128,128,128,0.6)">{bars}</div>'
        '<div style="display:flex;justify-content:space-between;font-size:0.85rem">'
        f"<span>{edges[0]:.3g}</span><span>{edges[-1]:.3g}</span></div></div>"
        f'<div style="font-size:0.85rem;opacity:0.7">{escape(title)}; bars are log(1 + count), the '
        f"highest {counts.max():,}.</div>"
    )
