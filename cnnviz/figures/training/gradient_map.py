"""A value for each layer at each epoch as a map of colours, in Vega-Lite."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

MAX_COLUMNS = 100
ROW, LOWEST, HIGHEST = 17, 160, 700  # px: of a row, and of all rows
AROUND = 130  # px: legend above and axis below


def gradient_table(
    epochs: Sequence[str], layers: Sequence[str], values: np.ndarray
) -> pd.DataFrame:
    """The cells: columns layer, epoch, value, in order; at most ``MAX_COLUMNS`` epochs.

    Args:
        epochs: Names of the columns of the map.
        layers: Names of its rows, the first layer first.
        values: (layers, epochs); what is not above 0 is left out.
    """
    step = -(-len(epochs) // MAX_COLUMNS)
    shown = [*range(0, len(epochs), step)] if step else []
    if shown and shown[-1] != len(epochs) - 1:
        shown[-1] = len(epochs) - 1
    cells = [
        (layers[row], epochs[column], float(values[row, column]))
        for row in range(len(layers))
        for column in shown
        if values[row, column] > 0
    ]
    return pd.DataFrame(cells, columns=["layer", "epoch", "value"])


def gradient_map(layers: Sequence[str], title: str) -> dict[str, Any]:
    """A Vega-Lite map for the cells of ``gradient_table``, without them; colours are logarithmic.

    Args:
        layers: Names of the rows.
        title: What the colours stand for.
    """
    axis: dict[str, Any] = {
        "title": None,
        "labelOverlap": len(layers) > HIGHEST / ROW,
        "labelLimit": 130,
        "ticks": False,
    }
    across = {"title": "Epoch", "labelAngle": 0, "labelOverlap": True}
    return {
        "height": AROUND + max(LOWEST, min(HIGHEST, ROW * len(layers))),
        "mark": {"type": "rect"},
        "encoding": {
            "x": {"field": "epoch", "type": "ordinal", "sort": None, "axis": across},
            "y": {"field": "layer", "type": "ordinal", "sort": list(layers), "axis": axis},
            "color": {
                "field": "value",
                "type": "quantitative",
                "scale": {"type": "log", "scheme": "viridis"},
                "legend": {
                    "title": title,
                    "orient": "top",
                    "titleLimit": 340,
                    "format": ".0e",
                    "gradientLength": 240,
                    "tickCount": 4,
                },
            },
            "tooltip": [
                {"field": "layer", "type": "nominal", "title": "Layer"},
                {"field": "epoch", "type": "nominal", "title": "Epoch"},
                {"field": "value", "type": "quantitative", "title": title, "format": ".3~g"},
            ],
        },
    }
