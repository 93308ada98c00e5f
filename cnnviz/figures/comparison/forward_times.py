"""Measured times as bars with their spread."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cnnviz.figures.theme import CATEGORIES

ROW = (
    '<div style="margin-bottom:14px">'
    '<div style="display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 16px">'
    "<span>{label}</span><span>{text}</span></div>"
    '<div style="position:relative;height:18px;margin-top:2px;border-radius:4px;'
    'background:rgba(128,128,128,0.2)">'
    '<div style="height:18px;border-radius:4px;background:{colour};width:{median:.2f}%"></div>'
    # The spread as a line with two ends, in the text's own colour in either theme.
    '<div style="position:absolute;top:3px;height:12px;left:{low:.2f}%;width:{spread:.2f}%;'
    'border-left:2px solid;border-right:2px solid;box-sizing:border-box">'
    '<div style="position:relative;top:5px;border-top:2px solid"></div></div>'
    "</div></div>"
)


def bars(
    labels: Sequence[str],
    texts: Sequence[str],
    lows: Sequence[float],
    medians: Sequence[float],
    highs: Sequence[float],
) -> str:
    """HTML with a bar a network up to its median, and a whisker from low to high.

    Args:
        labels: What was measured.
        texts: Median and spread in words.
        lows: Lower ends of the spreads, in any unit.
        medians: Lengths of the bars, in the same unit.
        highs: Upper ends of the spreads, in the same unit.
    """
    longest = max(highs)
    rows = (
        ROW.format(
            label=escape(label),
            text=escape(text),
            colour=CATEGORIES[index % len(CATEGORIES)],
            median=100 * median / longest,
            low=100 * low / longest,
            spread=max(100 * (high - low) / longest, 0.5),
        )
        for index, (label, text, low, median, high) in enumerate(
            zip(labels, texts, lows, medians, highs, strict=True)
        )
    )
    return f"<div>{''.join(rows)}</div>"
