"""Networks side by side as bars: totals, the heaviest layer, and every resolution on one line."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from cnnviz.figures.bars import Bar, Piece, bars
from cnnviz.figures.rows import Row, Value, rows_table
from cnnviz.figures.templates import render
from cnnviz.figures.theme import bytes_text, count_text

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


def heading(title: str, subtitle: str, colour: str) -> str:
    """HTML of a network's name in its colour with a line about it."""
    return render("heading", title=title, subtitle=subtitle, colour=colour)


def legend(labels: Sequence[str], colours: Sequence[str]) -> str:
    """HTML of a legend of the networks' colours."""
    return render("network_legend", colours=list(zip(labels, colours, strict=True)))


def totals(table: pd.DataFrame, colours: Sequence[str]) -> str:
    """HTML with a card a quantity, a bar a network.

    Args:
        table: One row a network, with the columns label and those of ``TOTALS``.
        colours: One a network.
    """
    networks = list(zip(table["label"], colours, strict=True))
    cards = {
        title: [
            _bar(words(value), value, max(int(table[count].max()), 1), title, network)
            for value, network in zip(table[count], networks, strict=True)
        ]
        for count, (title, words) in TOTALS.items()
    }
    return render("totals", cards=cards, colours=networks)


def _bar(text: str, value: int, most: int, title: str, network: tuple[str, str]) -> Value:
    label, colour = network
    return Value(text, colour=colour, share=value / most, title=f"{label}: {title} {value:,}")


def heaviest(table: pd.DataFrame, params: Sequence[int], colours: Sequence[str]) -> str:
    """HTML with a bar a network: the share of its parameters that one layer has.

    Args:
        table: One row a network, with the columns label, name, kind, params and share.
        params: All parameters of each network.
        colours: One a network.
    """
    rows = []
    for row, total, colour in zip(table.to_dict("records"), params, colours, strict=True):
        words = (
            f"{row['label']}: {row['share']:.0%} in one layer, {row['name']} ({row['kind']}), "
            f"{count_text(row['params'])} of {count_text(total)}"
        )
        rows.append(Bar(words, [Piece(row["share"], colour)]))
    return bars(rows, height=12)


def stages(table: pd.DataFrame, labels: Sequence[str], colours: Sequence[str]) -> str:
    """HTML with a line a resolution, on it each network's stages, depth, channels and counts.

    Args:
        table: Columns network (position in ``labels``), level, side, stages, depth, channels and
            those of ``BARS``, from the highest level to the lowest.
        labels: The networks' names.
        colours: One a network.
    """
    most = {count: max(int(table[count].max()), 1) for count in BARS}
    networks = list(zip(labels, colours, strict=True))
    rows = [_row(lines, networks, most) for _, lines in table.groupby("level", sort=False)]
    return rows_table(rows, "Output", "stages", networks)


def _row(lines: pd.DataFrame, networks: Sequence[tuple[str, str]], most: Mapping[str, int]) -> Row:
    there = lines.set_index("network").to_dict("index")
    cells = {
        column.capitalize(): [
            _text(there.get(i, {}).get(column), colour) for i, (_, colour) in enumerate(networks)
        ]
        for column in ("stages", "depth", "channels")
    }
    for count, title in BARS.items():
        cells[title] = [
            _bar(count_text(there[i][count]), there[i][count], most[count], title, network)
            if i in there
            else _text(None, network[1])
            for i, network in enumerate(networks)
        ]
    return Row(lines["side"].iloc[0], cells)


def _text(value: str | int | None, colour: str) -> Value:
    words = value if isinstance(value, str) else f"{value:,}" if value else NOTHING
    return Value(words, colour=colour, title=words)
