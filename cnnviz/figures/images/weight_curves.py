"""Weights of a layer over the pixels of the image that it reads, with one image marked."""

from typing import Any

import pandas as pd

from cnnviz.figures.theme import CATEGORIES

MARKED = "#8a8a8a"


def weight_curves(table: pd.DataFrame, image: pd.DataFrame, label: str) -> dict[str, Any]:
    """Vega-Lite of a curve for each idea, and a dashed line with a point on each at an image.

    Args:
        table: The curves: pixels, idea, weights.
        image: The same of one image: a row for each idea.
        label: What the image is.
    """
    at = int(image.pixels.iloc[0])
    curves = {**_axes(table), "color": _colours(table)}
    is_right = at > table.pixels.median()
    word = {"align": "right" if is_right else "left", "dx": -6 if is_right else 6, "fontSize": 14}
    mark = {"values": [{"pixels": at, "label": label}]}
    # Between the convolution's flat curve below and the others above.
    low = {"value": {"expr": "0.85 * height"}}
    layers = [
        {"mark": {"type": "line", "point": True, "strokeWidth": 3}, "encoding": curves},
        {
            "data": mark,
            "mark": {"type": "rule", "strokeDash": [5, 4], "color": MARKED},
            "encoding": {"x": curves["x"]},
        },
        {
            "data": mark,
            "mark": {"type": "text", "color": MARKED, "fontWeight": "bold", **word},
            "encoding": {"x": curves["x"], "y": low, "text": {"field": "label"}},
        },
        {
            "data": {"values": image.to_dict("records")},
            "mark": {"type": "point", "size": 160, "strokeWidth": 3, "opacity": 1},
            "encoding": curves,
        },
    ]
    return {"height": 380, "layer": layers}


def _axes(table: pd.DataFrame) -> dict[str, Any]:
    """Both logarithmic; pixels are written as the side of a square of so many."""
    x = {
        "field": "pixels",
        "type": "quantitative",
        "title": "pixels of the image",
        "scale": {"type": "log", "base": 2},
        "axis": {
            "values": sorted(set(table.pixels.tolist())),
            "labelExpr": "format(sqrt(datum.value), 'd') + '²'",
            "labelOverlap": True,
        },
    }
    y = {
        "field": "weights",
        "type": "quantitative",
        "title": "weights",
        "scale": {"type": "log"},
        "axis": {"format": "~s", "tickCount": 6},
    }
    return {"x": x, "y": y}


def _colours(table: pd.DataFrame) -> dict[str, Any]:
    ideas = table.idea.unique().tolist()
    return {
        "field": "idea",
        "title": None,
        "scale": {"domain": ideas, "range": list(CATEGORIES[: len(ideas)])},
        "legend": {"orient": "top", "columns": 1, "labelLimit": 0},
    }
