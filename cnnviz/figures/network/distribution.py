"""Where a network's parameters and multiply-accumulates sit: by stage and by layer."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from cnnviz.figures.legend import legend
from cnnviz.figures.theme import count_text, stage_colour, text_colour

COUNTS = {"params": "Parameters", "macs": "MACs"}
LABELLED = 0.12  # a narrower part has no room for its name


def by_stage(table: pd.DataFrame) -> str:
    """HTML with two bars, parameters and MACs, each divided into the stages' shares in per cent.

    No script is needed to draw it: the first page shows it without loading a chart library.

    Args:
        table: A layer table with the columns stage, params and macs.
    """
    sums = table.groupby("stage", sort=False)[list(COUNTS)].sum()
    bars = [_bar(title, sums[count]) for count, title in COUNTS.items()]
    keys = legend({str(stage): stage_colour(str(stage)) for stage in sums.index})
    return f"<div>{''.join(bars)}{keys}</div>"


def _bar(title: str, sums: pd.Series) -> str:
    total = int(sums.sum())
    parts = [
        _part(str(stage), int(count), int(count) / max(total, 1), title)
        for stage, count in sums.items()
    ]
    return (
        f'<div style="margin:6px 0 2px">{title}: {count_text(total)}</div>'
        f'<div style="display:flex;height:46px;border-radius:4px;overflow:hidden">'
        f"{''.join(parts)}</div>"
    )


def _part(stage: str, count: int, share: float, title: str) -> str:
    colour = stage_colour(stage)
    label = f"{stage}&#160;&#160;{share:.0%}" if share >= LABELLED else ""
    return (
        f'<div title="{stage}: {count_text(count)} {title}, {share:.1%}" style="width:{share:.4%};'
        f"background:{colour};color:{text_colour(colour)};line-height:46px;text-align:center;"
        f'overflow:hidden;text-overflow:ellipsis;white-space:nowrap">{label}</div>'
    )


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
