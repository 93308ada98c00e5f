"""The reliability diagram: accuracy against confidence."""

from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures.theme import CATEGORIES

ACCURACY, CONFIDENCE, COUNTS = CATEGORIES[0], CATEGORIES[1], CATEGORIES[4]


def reliability_diagram(
    edges: np.ndarray, confidence: np.ndarray, accuracy: np.ndarray
) -> go.Figure:
    """Bars of the accuracy of each bin, points of its mean confidence; empty bins have neither.

    A bar that ends below its point is overconfident.

    Args:
        edges: Of the bins, in [0, 1], (bins + 1,).
        confidence: Mean probability of the predicted class of each, (bins,); nan if it is empty.
        accuracy: Share that is right of each, (bins,); nan if it is empty.
    """
    figure = _bars(edges, accuracy, "accuracy", ACCURACY)
    figure.add_scatter(
        name="mean probability",
        x=_intervals(edges),
        y=confidence,
        cliponaxis=False,
        mode="lines+markers",
        marker={"size": 9, "color": CONFIDENCE},
        line={"dash": "dash", "width": 2},
    )
    figure.update_yaxes(range=[0, 1], tickformat=".0%", hoverformat=".2%")
    figure.update_layout(legend={"orientation": "h", "y": 1.12})
    return figure


def counts_diagram(edges: np.ndarray, counts: np.ndarray) -> go.Figure:
    """Bars of how many images are in each bin.

    Args:
        edges: Of the bins, in [0, 1], (bins + 1,).
        counts: Images of each bin, (bins,).
    """
    return _bars(edges, counts, "images", COUNTS)


def _bars(edges: np.ndarray, heights: np.ndarray, name: str, colour: str) -> go.Figure:
    figure = go.Figure(go.Bar(name=name, x=_intervals(edges), y=heights, marker_color=colour))
    figure.update_layout(height=380, margin={"l": 0, "r": 0, "t": 24, "b": 0}, bargap=0.08)
    figure.update_layout(hovermode="x unified", dragmode="pan")
    figure.update_xaxes(type="category", title_text="probability of the predicted class (%)")
    return figure


def _intervals(edges: np.ndarray) -> list[str]:
    return [f"{100 * low:.0f}–{100 * high:.0f}" for low, high in pairwise(edges)]  # noqa: RUF001
