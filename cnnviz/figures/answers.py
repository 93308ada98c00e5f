"""A network's most probable classes as bars."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from cnnviz.figures.theme import CATEGORIES


def bars(labels: Sequence[str], probabilities: Sequence[float]) -> go.Figure:
    """Horizontal bars in per cent, the most probable class on top."""
    percent = [100 * probability for probability in probabilities]
    figure = go.Figure(
        go.Bar(
            x=percent,
            y=list(range(len(labels))),
            orientation="h",
            marker_color=CATEGORIES[0],
            text=[f"{label}  {value:.1f} %" for label, value in zip(labels, percent, strict=True)],
            textposition="outside",
            textfont_size=15,
            cliponaxis=False,
            hovertemplate="%{text}<extra></extra>",
        )
    )
    figure.update_layout(
        height=44 * len(labels) + 10, margin={"l": 0, "r": 0, "t": 0, "b": 0}, bargap=0.35
    )
    # Room on the right for the text of a bar that is full.
    figure.update_xaxes(range=[0, 220], visible=False)
    figure.update_yaxes(visible=False, autorange="reversed")
    return figure
