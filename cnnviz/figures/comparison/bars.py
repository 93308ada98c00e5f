"""Networks side by side as bars: totals, the heaviest layer, and every resolution on one line.

HTML without a script, so that it is on screen at once, prints, and takes the page's colours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import pandas as pd

from cnnviz.figures.theme import bytes_text, count_text, text_colour

# The counts that are drawn as bars on each line of ``stages``.
BARS = {"params": "Parameters", "macs": "MACs", "activations": "Activations"}
TOTALS: dict[str, tuple[str, Callable[[float], str]]] = {
    "params": ("Parameters", count_text),
    "macs": ("MACs", count_text),
    "activations": ("Activations", count_text),
    "memory": ("Memory", bytes_text),
    "depth": ("Depth", lambda depth: f"{depth:,} {'layers' if depth > 1 else 'layer'}"),
    "receptive_field": ("Receptive field", lambda side: f"{side:,} px"),
}
NOTHING = "–"  # noqa: RUF001
# A line of text has its network's colour at its left; narrow pages put the cells below each other.
STYLE = """<style>
.cmp {container-type: inline-size; font-variant-numeric: tabular-nums; line-height: 1.5}
.cmp-keys {display: flex; flex-wrap: wrap; gap: 4px 24px; margin-bottom: 10px}
.cmp-cards {display: grid; grid-template-columns: repeat(auto-fit, minmax(max(270px, 30%), 1fr));
  gap: 16px 32px}
.cmp-row {display: grid; align-items: start; gap: 2px 14px; padding: 7px 0;
  grid-template-columns: 84px minmax(90px, 1.1fr) 48px 74px repeat(3, minmax(120px, 2fr));
  border-top: 1px solid rgba(128, 128, 128, 0.3)}
.cmp-head, .cmp-title {opacity: 0.75; font-size: 0.875rem}
.cmp-side {font-weight: 600; overflow-wrap: anywhere}
.cmp-line {display: flex; align-items: center; gap: 8px; border-left: 5px solid; padding-left: 7px;
  margin-bottom: 2px; min-width: 0}
.cmp-text {white-space: nowrap; overflow: hidden; text-overflow: ellipsis}
.cmp-number {flex: 0 0 74px; text-align: right; white-space: nowrap}
.cmp-track {flex: 1; height: 14px; min-width: 0}
.cmp-bar {height: 14px; border-radius: 0 3px 3px 0}
@container (max-width: 759px) {
  .cmp-head {display: none}
  .cmp-row {grid-template-columns: minmax(0, 2.2fr) minmax(0, 1fr) minmax(0, 1.4fr)}
  .cmp-side, .cmp-wide {grid-column: 1 / -1}
  .cmp-cell::before {content: attr(data-title); opacity: 0.75; font-size: 0.8rem}
}
</style>"""


def heading(title: str, subtitle: str, colour: str) -> str:
    """HTML of a network's name in its colour with a line about it."""
    return (
        f'<div style="border-left:8px solid {colour};padding-left:12px">'
        f'<h3 title="{escape(title)}" style="padding:0;margin:0;font-size:1.5rem;overflow:hidden;'
        f'text-overflow:ellipsis;white-space:nowrap">{escape(title)}</h3>'
        f'<div style="opacity:0.75;font-size:0.875rem">{escape(subtitle)}</div></div>'
    )


def legend(labels: Sequence[str], colours: Sequence[str]) -> str:
    """HTML that says which colour is which network."""
    return _figure(_keys(labels, colours), "")


def _keys(labels: Sequence[str], colours: Sequence[str]) -> str:
    names = (
        f'<span style="background:{colour};color:{text_colour(colour)};padding:1px 10px;'
        f'border-radius:4px">{escape(label)}</span>'
        for label, colour in zip(labels, colours, strict=True)
    )
    return f'<div class="cmp-keys">{"".join(names)}</div>'


def totals(table: pd.DataFrame, colours: Sequence[str]) -> str:
    """HTML with a card a quantity, a bar a network.

    Args:
        table: One row a network, with the columns label and those of ``TOTALS``.
        colours: One a network.
    """
    cards = (_card(title, words, table, count, colours) for count, (title, words) in TOTALS.items())
    return _figure(
        _keys(list(table["label"]), colours), f'<div class="cmp-cards">{"".join(cards)}</div>'
    )


def _card(
    title: str,
    words: Callable[[float], str],
    table: pd.DataFrame,
    count: str,
    colours: Sequence[str],
) -> str:
    most = max(int(table[count].max()), 1)
    lines = (
        _bar(words(value), value / most, colour, f"{label}: {title} {value:,}")
        for value, label, colour in zip(table[count], table["label"], colours, strict=True)
    )
    return f'<div><div class="cmp-title">{title}</div>{"".join(lines)}</div>'


def heaviest(table: pd.DataFrame, params: Sequence[int], colours: Sequence[str]) -> str:
    """HTML with a bar a network: the share of its parameters that one layer has.

    Args:
        table: One row a network, with the columns label, name, kind, params and share.
        params: All parameters of each network.
        colours: One a network.
    """
    lines = []
    for row, total, colour in zip(table.to_dict("records"), params, colours, strict=True):
        words = (
            f"{row['label']}: {row['share']:.0%} in one layer, {row['name']} ({row['kind']}), "
            f"{count_text(row['params'])} of {count_text(total)}"
        )
        lines.append(
            f'<div style="margin-bottom:8px"><div>{escape(words)}</div>'
            '<div style="background:rgba(128,128,128,0.2);border-radius:3px">'
            f'<div style="height:12px;border-radius:3px;width:{row["share"]:.2%};'
            f'background:{colour}"></div></div></div>'
        )
    return _figure("", "".join(lines))


def stages(table: pd.DataFrame, labels: Sequence[str], colours: Sequence[str]) -> str:
    """HTML with a line a resolution, on it each network's stages, depth, channels and counts.

    Args:
        table: Columns network (position in ``labels``), level, side, stages, depth, channels and
            those of ``BARS``, from the highest level to the lowest.
        labels: The networks' names.
        colours: One a network.
    """
    titles = ["Output", "Stages", "Depth", "Channels", *BARS.values()]
    head = f'<div class="cmp-row cmp-head">{"".join(f"<div>{t}</div>" for t in titles)}</div>'
    most = {count: max(int(table[count].max()), 1) for count in BARS}
    networks = list(zip(labels, colours, strict=True))
    rows = [_row(lines, networks, most) for _, lines in table.groupby("level", sort=False)]
    return _figure(_keys(labels, colours), head + "".join(rows))


def _row(lines: pd.DataFrame, networks: Sequence[tuple[str, str]], most: Mapping[str, int]) -> str:
    there = lines.set_index("network").to_dict("index")
    cells = [f'<div class="cmp-side">{lines["side"].iloc[0]}</div>']
    for column in ("stages", "depth", "channels"):
        texts = [
            _text(there.get(i, {}).get(column), colour) for i, (_, colour) in enumerate(networks)
        ]
        cells.append(_cell(column.capitalize(), texts))
    for count, title in BARS.items():
        bars = [
            _count(there[i][count], most[count], colour, f"{label}: {title}")
            if i in there
            else _text(None, colour)
            for i, (label, colour) in enumerate(networks)
        ]
        cells.append(_cell(title, bars, wide=True))
    return f'<div class="cmp-row">{"".join(cells)}</div>'


def _cell(title: str, lines: Sequence[str], wide: bool = False) -> str:
    kind = "cmp-cell cmp-wide" if wide else "cmp-cell"
    return f'<div class="{kind}" data-title="{title}">{"".join(lines)}</div>'


def _text(value: str | int | None, colour: str) -> str:
    words = value if isinstance(value, str) else f"{value:,}" if value else NOTHING
    return (
        f'<div class="cmp-line" style="border-color:{colour}" title="{words}">'
        f'<span class="cmp-text">{words}</span></div>'
    )


def _count(value: int, most: int, colour: str, title: str) -> str:
    return _bar(count_text(value), value / most, colour, f"{title} {value:,}")


def _bar(words: str, share: float, colour: str, title: str) -> str:
    return (
        f'<div class="cmp-line" style="border-color:{colour}" title="{escape(title)}">'
        f'<span class="cmp-number">{words}</span><div class="cmp-track">'
        f'<div class="cmp-bar" style="width:{share:.2%};background:{colour}"></div></div></div>'
    )


def _figure(keys: str, body: str) -> str:
    return f'{STYLE}<div class="cmp">{keys}{body}</div>'
