"""A comparison of networks on one sheet for a report, as PNG.

Drawn with matplotlib, because Plotly and Vega-Lite need a browser to make a PNG, which no server
here has. Its own objects, without pyplot: pyplot keeps figures in a place that all threads share.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from textwrap import wrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator, StrMethodFormatter

from cnnviz.figures.comparison.bars import BARS, NOTHING, TOTALS
from cnnviz.figures.comparison.curves import LOGARITHMIC
from cnnviz.figures.theme import count_text

WIDTH, MARGIN = 8.27, 0.5  # inches: as wide as A4
DPI = 150
LINE = 0.165  # inches of a line of text
DASHES = ("-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5)))
CURVES = {
    "params": "Cumulative parameters",
    "macs": "Cumulative MACs",
    "receptive_field": "Receptive field (px)",
}
GREY = "#555555"
GAP = 0.1  # inches between two resolutions
# Inches from the margin, alignment and title of the texts of a resolution; then come the bars.
STAGE_COLUMNS = {
    "side": (0, "left", "Output"),
    "stages": (1.22, "left", "Stages"),
    "depth": (2.7, "right", "Depth"),
    "channels": (3.3, "right", "Channels"),
}
LONGEST = 22  # characters of a text
BARS_LEFT = MARGIN + 3.42


@dataclass
class Sheet:
    """A page that is filled from its top; lengths are in inches.

    Attributes:
        figure: The page.
        height: Its height.
        top: How far it is filled.
    """

    figure: Figure
    height: float
    top: float = MARGIN

    def axes(self, left: float, width: float, height: float, down: float, title: str = "") -> Axes:
        """A panel whose upper left corner is ``down`` below what is filled."""
        bottom = 1 - (self.top + down + height) / self.height
        box = (left / WIDTH, bottom, width / WIDTH, height / self.height)
        panel: Axes = self.figure.add_axes(box)
        panel.set_title(title, size=8, loc="left", color=GREY, pad=3)
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
        panel.tick_params(labelsize=7.5, length=2)
        return panel

    def text(self, words: str, size: float = 9, left: float = MARGIN, **style: Any) -> None:
        """A line of text; what is filled stays."""
        place = (left / WIDTH, 1 - self.top / self.height)
        self.figure.text(*place, words, size=size, va="top", **style)

    def paragraph(self, words: str, size: float, **style: Any) -> None:
        """Wrapped text below what is filled."""
        for line in wrapped(words, size):
            self.text(line, size, **style)
            self.top += _height([line], size)


def wrapped(words: str, size: float) -> list[str]:
    """The lines of a text that fit the sheet's width."""
    return wrap(words, int((WIDTH - 2 * MARGIN) * 72 / (size * 0.54)))


def _height(sentences: Sequence[str], size: float) -> float:
    return sum(len(wrapped(sentence, size)) for sentence in sentences) * size * 1.35 / 72


def report_png(
    totals: pd.DataFrame,
    sentences: Sequence[str],
    stages: pd.DataFrame,
    curves: pd.DataFrame,
    colours: Sequence[str],
    facts: Mapping[str, Sequence[str]],
    note: str,
) -> bytes:
    """The sheet: names, sentences, totals, resolutions, curves, facts, and a note below.

    Args:
        totals: One row a network: label, written, resolution and the columns of
            ``figures.comparison.TOTALS``.
        sentences: How they compare.
        stages: As ``figures.comparison.stages`` takes them.
        curves: As ``figures.comparison_curves.curve`` takes them.
        colours: One a network.
        facts: More sentences, by the heading over them.
        note: Below everything.
    """
    card = 0.3 + len(totals) * LINE
    rows = stages["level"].nunique() * (len(totals) * LINE + GAP)
    text = _height(sentences, 9) + sum(0.43 + _height(each, 8) for each in facts.values())
    height = 2 * MARGIN + len(totals) * 0.28 + text + _height([note], 7) + 2 * card + rows + 3.95
    sheet = Sheet(Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white"), height)
    _names(sheet, totals, colours)
    for sentence in sentences:
        sheet.paragraph(sentence, 9)
    _totals(sheet, totals, colours, card)
    _stages(sheet, stages, colours, rows)
    _curves(sheet, curves, colours)
    for heading, lines in facts.items():
        _heading(sheet, heading)
        for line in lines:
            sheet.paragraph(line, 8)
    sheet.top += 0.1
    sheet.paragraph(note, 7, color=GREY)
    file = BytesIO()
    sheet.figure.savefig(file, format="png")
    return file.getvalue()


def _names(sheet: Sheet, totals: pd.DataFrame, colours: Sequence[str]) -> None:
    for row, colour in zip(totals.to_dict("records"), colours, strict=True):
        sheet.text("\N{BLACK SQUARE}", 15, color=colour)
        sheet.text(row["label"], 13, MARGIN + 0.25, weight="bold")
        about = f"{row['family']}, {row['year']}; image of {row['resolution']} px"
        sheet.top += 0.03
        sheet.text(about, 8, WIDTH - MARGIN, ha="right", color=GREY)
        sheet.top += 0.25
    sheet.top += 0.08


def _heading(sheet: Sheet, words: str) -> None:
    sheet.top += 0.16
    sheet.text(words, 10.5, weight="bold")
    sheet.top += 0.27


def _totals(sheet: Sheet, totals: pd.DataFrame, colours: Sequence[str], card: float) -> None:
    _heading(sheet, "Totals for one image")
    width = (WIDTH - 2 * MARGIN - 0.5) / 3
    for index, (count, (title, words)) in enumerate(TOTALS.items()):
        panel = sheet.axes(MARGIN + index % 3 * (width + 0.25), width, card - 0.3, 0.17, title)
        _bars(panel, totals[count], words, colours, range(len(colours)), 1.5)
        if index % 3 == 2:
            sheet.top += card


def _bars(
    panel: Axes,
    lengths: pd.Series,
    words: Callable[[float], str],
    colours: Sequence[str],
    places: Sequence[float],
    room: float,
) -> None:
    """Horizontal bars from the top, each with its number; ``room`` leaves place for the number."""
    panel.barh(places, list(lengths), color=colours, height=0.78)
    most = max([*lengths, 1])
    for place, length in zip(places, lengths, strict=True):
        panel.text(length + most * 0.02, place, words(length), size=7.5, va="center")
    panel.set_xlim(0, most * room)
    panel.set_ylim(max(places) + 0.5, min(places) - 0.5)
    panel.axis("off")


def _stages(sheet: Sheet, stages: pd.DataFrame, colours: Sequence[str], height: float) -> None:
    """A line a resolution; on it a line a network with text and three bars."""
    _heading(sheet, "At the same resolution")
    step = len(colours) + GAP / LINE
    levels = {level: i * step for i, level in enumerate(dict.fromkeys(stages["level"]))}
    limits = (len(levels) * step - 0.5 - GAP / LINE, -0.5)
    places = list(stages["level"].map(levels) + stages["network"])
    width = (WIDTH - MARGIN - BARS_LEFT) / 3
    for index, (count, title) in enumerate(BARS.items()):
        panel = sheet.axes(BARS_LEFT + index * width, width, height, 0.2, title)
        own = [colours[network] for network in stages["network"]]
        _bars(panel, stages[count], count_text, own, places, 1.75)
        panel.set_ylim(*limits)
    panel = sheet.axes(MARGIN, WIDTH - 2 * MARGIN, height, 0.2)
    panel.set(xlim=(0, WIDTH - 2 * MARGIN), ylim=limits)
    panel.axis("off")
    for level, lines in stages.groupby("level", sort=False):
        _stage_texts(panel, lines, levels[level], len(colours))
    for left, side, title in STAGE_COLUMNS.values():
        style: dict[str, Any] = {"size": 8, "color": GREY, "ha": side}
        panel.annotate(title, (left, -0.5), (0, 3), textcoords="offset points", **style)
    sheet.top += height + 0.25


def _stage_texts(panel: Axes, lines: pd.DataFrame, place: float, networks: int) -> None:
    """One resolution: its side, then a line a network."""
    panel.axhline(place - 0.5 - GAP / LINE / 2, color="#cccccc", linewidth=0.6)
    panel.text(0, place, lines["side"].iloc[0], size=7, va="center", weight="bold")
    there = lines.set_index("network").to_dict("index")
    for network in range(networks):
        for column, (left, side, _) in list(STAGE_COLUMNS.items())[1:]:
            value = there.get(network, {}).get(column) or NOTHING
            words = value if isinstance(value, str) else f"{value:,}"
            words = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
            panel.text(left, place + network, words, size=7, va="center", ha=side)


def _curves(sheet: Sheet, curves: pd.DataFrame, colours: Sequence[str]) -> None:
    _heading(sheet, "Cumulative cost by depth in weighted layers")
    deepest = curves.groupby("network")["depth"].max()
    logarithmic = deepest.max() > LOGARITHMIC * deepest.min()
    width = (WIDTH - 2 * MARGIN - 3 * 0.45) / 3
    for index, (column, title) in enumerate(CURVES.items()):
        panel = sheet.axes(MARGIN + 0.45 + index * (width + 0.45), width, 1.7, 0.1, title)
        for position, (_, rows) in enumerate(curves.groupby("network")):
            dashes: Any = DASHES[position % len(DASHES)]
            depths = rows["depth"].clip(lower=1 if logarithmic else 0)
            style = {"color": colours[position], "linestyle": dashes, "linewidth": 1.6}
            panel.plot(depths, rows[column], **style)
        panel.set_ylim(bottom=0)
        panel.yaxis.set_major_locator(MaxNLocator(4))
        panel.yaxis.set_major_formatter(EngFormatter(sep=" "))
        panel.grid(axis="y", color="#e5e5e5", linewidth=0.6)
        if logarithmic:
            panel.set_xscale("log")
            panel.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    sheet.top += 2.15
