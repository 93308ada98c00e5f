"""A network's most probable classes as bars."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnnviz.figures.theme import CATEGORIES

ROW = (
    '<div style="margin-bottom:10px">'
    '<div style="display:flex;justify-content:space-between;font-size:1.1rem">'
    "<span>{label}</span><span>{percent:.1f} %</span></div>"
    '<div style="height:10px;border-radius:5px;background:rgba(128,128,128,0.25)">'
    '<div style="height:10px;border-radius:5px;background:{colour};width:{percent:.2f}%"></div>'
    "</div></div>"
)


def bars(labels: Sequence[str], probabilities: Sequence[float]) -> str:
    """HTML with a bar a class, in per cent; no script, so that it is there at once."""
    rows = (
        ROW.format(label=escape(label), percent=100 * probability, colour=CATEGORIES[0])
        for label, probability in zip(labels, probabilities, strict=True)
    )
    return f"<div>{''.join(rows)}</div>"
