"""Result tables of the papers as the slides print them, read from results.csv.

The file has a line for every cell: table, source, row (from 1), column, value. A value is the
printed text, with a dash for no value. Reference numbers are omitted, and labels that span
rows are repeated in each.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class ResultTable:
    """A published table.

    Attributes:
        title: Paper and table ("ResNet Table 6").
        source: Full citation, with the quantity and dataset.
        rows: From top to bottom: the printed text by column, the same columns in all rows.
    """

    title: str
    source: str
    rows: tuple[dict[str, str], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, from left to right."""
        return tuple(self.rows[0])

    def sorted_by(self, column: str) -> tuple[dict[str, str], ...]:
        """Rows sorted by the number that their cell begins with; rows without one are last."""

        def key(row: dict[str, str]) -> tuple[bool, float]:
            value = number(row[column])
            return value is None, value or 0.0

        return tuple(sorted(self.rows, key=key))


def number(printed: str) -> float | None:
    """The number that a cell begins with, for sorting: 7.54 for "7.54 (7.72 ± 0.16)", else None."""
    matched = re.match(r"-?\d+(\.\d+)?", printed)
    return float(matched[0]) if matched else None


@cache
def result_tables() -> dict[str, ResultTable]:
    """All tables by title, in the order of the file."""
    path = Path(__file__).with_name("results.csv")
    with path.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    rows: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for line in lines:
        table = rows.setdefault((line["table"], line["source"]), {})
        table.setdefault(line["row"], {})[line["column"]] = line["value"]
    return {
        title: ResultTable(title, source, tuple(table.values()))
        for (title, source), table in rows.items()
    }
