"""The reliability diagram: accuracy against confidence, as an ECharts option."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from cnnviz.figures.theme import CATEGORIES

ACCURACY, CONFIDENCE, COUNTS = CATEGORIES[0], CATEGORIES[1], CATEGORIES[4]


def reliability_option(
    edges: np.ndarray, counts: np.ndarray, confidence: np.ndarray, accuracy: np.ndarray
) -> dict[str, Any]:
    """Bars of the accuracy of each bin, points of its mean confidence; empty bins have neither.

    A bar that ends below its point is overconfident.

    Args:
        edges: Of the bins, in [0, 1], (bins + 1,).
        counts: Pictures of each bin, (bins,).
        confidence: Mean probability of the predicted class of each, (bins,).
        accuracy: Share that is right of each, (bins,).
    """
    return {
        "animation": False,
        "tooltip": {"trigger": "axis", "confine": True},
        "legend": {"top": 0},
        "grid": {"left": 24, "right": 16, "top": 40, "bottom": 30, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": _intervals(edges),
            "name": "probability of the predicted class (%)",
            "nameLocation": "middle",
            "nameGap": 32,
        },
        "yAxis": {"type": "value", "min": 0, "max": 100, "axisLabel": {"formatter": "{value} %"}},
        "series": [
            {
                "type": "bar",
                "name": "right (%)",
                "data": _percent(accuracy),
                "barWidth": "92%",
                "itemStyle": {"color": ACCURACY},
            },
            {
                "type": "line",
                "name": "mean probability (%)",
                "data": _percent(confidence),
                "symbolSize": 9,
                "lineStyle": {"type": "dashed", "width": 2},
                "color": CONFIDENCE,
            },
        ],
    }


def counts_option(edges: np.ndarray, counts: np.ndarray) -> dict[str, Any]:
    """Bars of how many pictures are in each bin; for the arguments see ``reliability_option``."""
    return {
        "animation": False,
        "tooltip": {"trigger": "axis", "confine": True},
        "grid": {"left": 24, "right": 16, "top": 12, "bottom": 30, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": _intervals(edges),
            "name": "probability of the predicted class (%)",
            "nameLocation": "middle",
            "nameGap": 32,
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "type": "bar",
                "name": "pictures",
                "data": [int(count) for count in counts],
                "barWidth": "92%",
                "itemStyle": {"color": COUNTS},
            }
        ],
    }


def _intervals(edges: np.ndarray) -> list[str]:
    pairs = pairwise(edges)
    return [f"{100 * low:.0f}–{100 * high:.0f}" for low, high in pairs]  # noqa: RUF001


def _percent(values: Sequence[float] | np.ndarray) -> list[float | None]:
    """Nothing is drawn where a bin is empty."""
    return [None if np.isnan(value) else round(100 * float(value), 2) for value in values]
