"""The confusion matrix as an ECharts option whose cells can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnviz.figures.heatmap import coloured
from cnnviz.figures.theme import text_colour

MAX_COUNTED = 20  # classes of a matrix whose cells are large enough for their counts
WIDEST_NAME = 110  # px
STOPS = 9  # colours that the browser mixes the others from


def confusion_option(counts: np.ndarray, classes: Sequence[str]) -> dict[str, Any]:
    """A matrix in which a row is a class and a column what its pictures are called.

    A cell's colour is its share of the row, its text the count; 0 is not written. A chosen cell
    comes back as its position in the data, which ``chosen_cell`` understands.

    Args:
        counts: int (classes, classes), row: the class, column: the prediction.
        classes: Their names.
    """
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    colours = [_hexadecimal(colour) for colour in coloured(np.linspace(0, 1, STOPS)[np.newaxis])[0]]
    return {
        "animation": False,
        "tooltip": {"formatter": "{b}", "confine": True},
        "grid": {"left": 30, "right": 12, "top": 8, "bottom": 70, "containLabel": True},
        "xAxis": {**_axis(classes, "predicted"), "axisLabel": _names(classes, 60)},
        "yAxis": {**_axis(classes, "class"), "inverse": True, "axisLabel": _names(classes, 0)},
        "visualMap": {
            "min": 0,
            "max": 1,
            "dimension": 2,
            "inRange": {"color": colours},
            "orient": "horizontal",
            "left": "center",
            "bottom": 0,
            "text": ["100 % of the class", "0 %"],
            "itemWidth": 12,
            "itemHeight": 120,
            "calculable": False,
        },
        "series": [
            {
                "type": "heatmap",
                "selectedMode": "single",
                "data": _cells(counts, shares, classes),
                "label": {"show": len(classes) <= MAX_COUNTED},
                "itemStyle": {"borderWidth": 0.5, "borderColor": "#80808060"},
                "select": {"itemStyle": {"borderColor": "#D55E00", "borderWidth": 3}},
            }
        ],
    }


def chosen_cell(index: int, num_classes: int) -> tuple[int, int]:
    """The class and the prediction of a cell, from its position in the data."""
    return divmod(index, num_classes)


def _axis(classes: Sequence[str], name: str) -> dict[str, Any]:
    return {
        "type": "category",
        "data": list(classes),
        "name": name,
        "nameLocation": "middle",
        "nameGap": 0,
        "nameMoveOverlap": True,
        "splitArea": {"show": False},
        "axisTick": {"show": False},
    }


def _names(classes: Sequence[str], turned: int) -> dict[str, Any]:
    """Short names stand upright; where there are many, the browser leaves some out."""
    longest = max(len(name) for name in classes)
    return {
        "rotate": turned if longest > 3 else 0,
        "interval": 0 if len(classes) <= MAX_COUNTED else "auto",
        "width": WIDEST_NAME,
        "overflow": "truncate",
    }


def _cells(counts: np.ndarray, shares: np.ndarray, classes: Sequence[str]) -> list[dict[str, Any]]:
    """Row by row, as ``chosen_cell`` counts them."""
    texts = [text_colour(_hexadecimal(c)) for c in coloured(shares.reshape(1, -1))[0]]
    return [
        {
            "name": f"{name} called {called}: {counts[row, column]} ({shares[row, column]:.1%})",
            "value": [column, row, round(float(shares[row, column]), 4)],
            "label": {
                "formatter": str(counts[row, column]) if counts[row, column] else "",
                "color": texts[row * len(classes) + column],
            },
        }
        for row, name in enumerate(classes)
        for column, called in enumerate(classes)
    ]


def _hexadecimal(colour: np.ndarray) -> str:
    red, green, blue = (int(part) for part in colour)
    return f"#{red:02x}{green:02x}{blue:02x}"
