"""The distribution of a network's parameters and MACs by stage and by layer."""

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from cnnviz.figures.bars import Bar, Piece, bars
from cnnviz.figures.theme import count_text, stage_colour

COUNTS = {"params": "Parameters", "macs": "MACs"}
LABELLED = 0.12  # a narrower part has no room for its name


def by_stage(table: pd.DataFrame) -> str:
    """HTML with two bars, parameters and MACs, each divided into the stages' shares in per cent.

    No script is needed to draw it: the first page shows it without loading a chart library.

    Args:
        table: A layer table with the columns stage, params and macs.
    """
    sums = table.groupby("stage", sort=False)[list(COUNTS)].sum()
    rows = [
        Bar(title, _pieces(sums[count], title), count_text(int(sums[count].sum())))
        for count, title in COUNTS.items()
    ]
    return bars(rows, 46, {str(stage): stage_colour(str(stage)) for stage in sums.index})


def _pieces(sums: pd.Series, title: str) -> list[Piece]:
    total = max(int(sums.sum()), 1)
    pieces = []
    for stage, count in sums.items():
        share, text = int(count) / total, f"{stage}: {count_text(int(count))} {title}"
        words = f"{stage}\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}{share:.0%}"
        colour = stage_colour(str(stage))
        shown = words if share >= LABELLED else ""
        pieces.append(Piece(share, colour, f"{text}, {share:.1%}", shown))
    return pieces


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
