"""Where a network's parameters and multiply-accumulates sit: by stage and by layer."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from cnnviz.figures.theme import count_text, stage_colour

COUNTS = {"params": "Parameters", "macs": "MACs"}


def by_stage(table: pd.DataFrame) -> go.Figure:
    """Two bars, parameters and MACs, each divided into the stages' shares in per cent.

    Args:
        table: A layer table with the columns stage, params and macs.
    """
    sums = table.groupby("stage", sort=False)[list(COUNTS)].sum()
    shares = 100 * sums / sums.sum().clip(lower=1)
    figure = go.Figure()
    for stage in sums.index:
        figure.add_bar(
            name=stage,
            y=list(COUNTS.values()),
            x=[shares.loc[stage, count] for count in COUNTS],
            customdata=[count_text(sums.loc[stage, count]) for count in COUNTS],
            text=[_label(stage, shares.loc[stage, count]) for count in COUNTS],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont_size=14,
            orientation="h",
            marker_color=stage_colour(stage),
            hovertemplate=f"{stage}: %{{customdata}} %{{y}}, %{{x:.1f}} %<extra></extra>",
        )
    figure.update_layout(
        barmode="stack", height=220, margin={"l": 0, "r": 30, "t": 8, "b": 0}, showlegend=True
    )
    figure.update_layout(legend={"orientation": "h", "y": -0.35, "traceorder": "normal"})
    figure.update_xaxes(range=[0, 100], dtick=20, ticksuffix=" %", tickfont_size=13)
    figure.update_yaxes(autorange="reversed", tickfont_size=14)
    return figure


def by_layer(table: pd.DataFrame) -> go.Figure:
    """Parameters above, MACs below, one bar a layer that has any, coloured by stage.

    Args:
        table: A layer table with the columns name, stage, params and macs.
    """
    counted = table[(table["params"] > 0) | (table["macs"] > 0)].reset_index(drop=True)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    for stage in counted["stage"].unique():
        rows = counted[counted["stage"] == stage]
        for row, (count, title) in enumerate(COUNTS.items(), start=1):
            figure.add_bar(
                name=stage,
                legendgroup=stage,
                showlegend=row == 1,
                x=rows.index + 1,
                y=rows[count],
                customdata=[
                    (name, count_text(value))
                    for name, value in zip(rows["name"], rows[count], strict=True)
                ],
                marker_color=stage_colour(stage),
                hovertemplate=f"%{{customdata[0]}}: %{{customdata[1]}} {title}<extra></extra>",
                row=row,
                col=1,
            )
    figure.update_layout(height=380, margin={"l": 0, "r": 8, "t": 8, "b": 0}, bargap=0.1)
    figure.update_layout(legend={"orientation": "h", "y": -0.2})
    figure.update_yaxes(title_text="Parameters", row=1, col=1)
    figure.update_yaxes(title_text="MACs", row=2, col=1)
    figure.update_xaxes(title_text="Layer with parameters, in order of execution", row=2, col=1)
    return figure


def _label(stage: str, share: float) -> str:
    """Text inside a bar, where there is room for it."""
    return f"{stage} {share:.0f} %" if share >= 12 else ""
