"""What fills a card's memory, as divided bars."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from cnnviz.figures.legend import legend
from cnnviz.figures.theme import CATEGORIES, bytes_text

# The same part has the same colour in every bar.
COLOURS = {
    "parameters": CATEGORIES[0],
    "gradients": CATEGORIES[4],
    "optimiser": CATEGORIES[3],
    "buffers": CATEGORIES[2],
    "activations": CATEGORIES[1],
}
LIMIT = (
    '<div title="{title}" style="position:absolute;top:-4px;bottom:-4px;left:{left:.2f}%;'
    'border-left:3px solid {colour}"></div>'
)


def bars(uses: Mapping[str, Mapping[str, float]], verdicts: Mapping[str, str], limit: float) -> str:
    """HTML with a divided bar a use of a network, on one scale, and a line where memory ends.

    Args:
        uses: Title of the use -> part (a key of ``COLOURS``) -> bytes.
        verdicts: Title of the use -> whether it fits, in words.
        limit: Bytes that can be had.
    """
    longest = max(limit, *(sum(parts.values()) for parts in uses.values()))
    rows = [_row(title, parts, verdicts[title], limit, longest) for title, parts in uses.items()]
    return f"<div>{''.join(rows)}{legend(COLOURS)}</div>"


def _row(title: str, parts: Mapping[str, float], verdict: str, limit: float, longest: float) -> str:
    total = sum(parts.values())
    line = LIMIT.format(
        title=f"{bytes_text(limit)} can be had",
        left=min(100 * limit / longest, 99.5),
        colour=CATEGORIES[6],
    )
    pieces = "".join(_piece(part, size, size / longest) for part, size in parts.items() if size)
    return (
        '<div style="margin-bottom:16px"><div style="display:flex;flex-wrap:wrap;'
        'justify-content:space-between;gap:0 16px;margin-bottom:4px">'
        f"<span><strong>{escape(title)}</strong>: {bytes_text(total)}</span>"
        f"<span>{escape(verdict)}</span></div>"
        '<div style="position:relative;height:26px;background:rgba(128,128,128,0.2)">'
        f'<div style="display:flex;height:26px">{pieces}</div>{line}</div></div>'
    )


def _piece(part: str, size: float, share: float) -> str:
    return (
        f'<div title="{escape(part)}: {bytes_text(size)}" '
        f'style="width:{share:.4%};background:{COLOURS[part]}"></div>'
    )
