"""The confusion matrix in Vega-Lite, whose cells can be chosen."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cnnviz.figures.colour_maps import coloured
from cnnviz.figures.theme import CATEGORIES, hexadecimal, text_colour

MAX_COUNTED = 20  # classes of a matrix whose cells are large enough for their counts
WIDEST_NAME = 110  # px
CELL = "cell"  # the parameter that the page must name as a selection


def confusion_table(counts: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """The cells row by row: row and column, their classes' names, share of the row, words.

    Args:
        counts: int (classes, classes), row: the class, column: the prediction.
        classes: Their names.
    """
    shares = (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)).ravel()
    rows, columns = np.indices(counts.shape).reshape(2, -1)
    names = np.asarray(classes, dtype=object)
    table = pd.DataFrame(
        {"row": rows, "column": columns, "class": names[rows], "predicted": names[columns]}
    )
    cells = list(zip(names[rows], names[columns], counts.ravel(), shares, strict=True))
    table["share"] = shares
    table["count"] = [str(number or "") for *_, number, _ in cells]
    table["says"] = [f"{true} predicted as {other}: {n} ({s:.1%})" for true, other, n, s in cells]
    table["ink"] = [text_colour(hexadecimal(fill)) for fill in coloured(shares)]
    return table


def confusion_chart(classes: Sequence[str]) -> dict[str, Any]:
    """A matrix of ``confusion_table``, without it: rows are true classes, columns predicted ones.

    A cell's colour is its share of the row, its text the count; 0 is not written. A chosen cell
    comes back as the selection ``CELL``, its row and column.
    """
    is_counted = len(classes) <= MAX_COUNTED
    cells = {
        "params": [{"name": CELL, "select": {"type": "point", "fields": ["row", "column"]}}],
        "mark": {"type": "rect", "cursor": "pointer"},
        "encoding": {"color": _colour(), **_frame(0.5 if is_counted else 0)},
    }
    light = {"test": "datum.ink === '#ffffff'", "value": "#ffffff"}
    counts = {
        "mark": {"type": "text", "fontSize": 13},
        "encoding": {
            "text": {"field": "count"},
            "color": {"condition": light, "value": "#000000"},
        },
    }
    return {
        "height": min(860, 230 + 34 * len(classes)),
        "encoding": {
            "x": _axis("predicted", "predicted class", classes),
            "y": _axis("class", "true class", classes),
        },
        "layer": [cells, counts] if is_counted else [cells],
    }


def _axis(field: str, title: str, classes: Sequence[str]) -> dict[str, Any]:
    """Short names stand upright; where there are many, the browser leaves some out."""
    is_turned = field == "predicted" and max(map(len, classes)) > 3
    axis = {
        "title": title,
        "orient": "bottom" if field == "predicted" else "left",
        "labelAngle": -60 if is_turned else 0,
        "labelLimit": WIDEST_NAME,
        "labelOverlap": len(classes) > MAX_COUNTED,
        "ticks": False,
    }
    return {"field": field, "type": "nominal", "sort": list(classes), "axis": axis}


def _colour() -> dict[str, Any]:
    legend = {"title": "share of the class", "orient": "top", "format": ".0%", "tickCount": 5}
    scale = {"domain": [0, 1], "scheme": "viridis"}
    return {"field": "share", "type": "quantitative", "scale": scale, "legend": legend}


def _frame(width: float) -> dict[str, Any]:
    """The chosen cell is framed; what a cell says is there for a pointer and a screen reader."""
    chosen = {"param": CELL, "empty": False}
    return {
        "stroke": {"condition": {**chosen, "value": CATEGORIES[6]}, "value": "#80808060"},
        "strokeWidth": {"condition": {**chosen, "value": 3}, "value": width},
        "tooltip": {"field": "says", "type": "nominal"},
        "description": {"field": "says", "type": "nominal"},
    }
