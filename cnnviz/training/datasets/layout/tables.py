"""Tables of labels beside images: a CSV or TSV with a column of files and one of classes."""

import codecs
import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from cnnviz.images.files import ImageFiles
from cnnviz.images.names import decoded, nfc
from cnnviz.images.opening import ImageError
from cnnviz.images.tar import TarImages
from cnnviz.training.datasets.layout.words import split_of

TABLES = (".csv", ".tsv")
MAX_TABLES = 20
MAX_COLUMNS = 1000
# What a column of classes is called; of several, the first in this order.
CLASS_COLUMNS = (
    *("label", "labels", "class", "classes", "class_name", "classname", "category", "target"),
    *("breed", "species", "diagnosis", "dx", "variety", "name", "y"),
)
MIN_SHARE = 0.5  # of the rows that must name an image
Table = list[list[str]]


def table_rows(files: ImageFiles | TarImages) -> dict[int, str]:
    """The class of each image that a table names, by position; none where no table can be read."""
    tables = [path for path in files.others if path.lower().endswith(TABLES)]
    # Those that are to be filled in have made-up classes: sample_submission.csv
    tables = [path for path in tables if _split(PurePosixPath(path).stem) != "unlabelled"]
    if not tables:
        return {}
    index = _Index(files.paths)
    rows: dict[int, str] = {}
    for path in tables[:MAX_TABLES]:
        rows |= _labels(_table(files, path), index, path)
    return rows


def _table(files: ImageFiles | TarImages, path: str) -> Table:
    try:
        content = files.side_file(path)
    except ImageError:
        return []
    text = _text(content)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [row[:MAX_COLUMNS] for row in rows if any(row)]
    except csv.Error:
        return []


def _text(content: bytes) -> str:
    """A table's text: what Excel saves begins with a mark of its encoding."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return nfc(content.decode("utf-16", errors="replace"))
    return decoded([content.removeprefix(codecs.BOM_UTF8)])[0]


class _Index:
    """Images by what a table may call them: their path or its end, their name without ending."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._by_name: defaultdict[str, list[int]] = defaultdict(list)
        self._paths = [PurePosixPath(path) for path in paths]
        for position, path in enumerate(self._paths):
            self._by_name[path.name].append(position)
            if path.stem != path.name:
                self._by_name[path.stem].append(position)

    def position(self, name: str, table: PurePosixPath) -> int | None:
        """The one image that a row calls so; of several, that near the table."""
        asked = PurePosixPath(nfc(name.strip()).replace("\\", "/"))
        candidates = self._by_name.get(asked.name, [])
        if len(candidates) > 1:
            candidates = [i for i in candidates if self._ends(i, asked)] or candidates
        if len(candidates) > 1:  # train/1.png and test/1.png: those that the table is of
            split = _split(table.stem) or "train"
            inside = [i for i in candidates if split in map(_split, self._paths[i].parts[:-1])]
            near = [i for i in candidates if self._paths[i].is_relative_to(table.parent)]
            candidates = inside or near
        return candidates[0] if len(candidates) == 1 else None

    def _ends(self, position: int, asked: PurePosixPath) -> bool:
        parts = self._paths[position].parts
        return parts[len(parts) - len(asked.parts) : -1] == asked.parts[:-1]


def _split(name: str) -> str:
    said = split_of(name)
    return said[0] if said else ""


def _labels(table: Table, index: _Index, path: str) -> dict[int, str]:
    """The classes of a table's rows by the image's position."""
    if len(table) < 3 or len(table[0]) < 2:
        return {}
    width, place = len(table[0]), PurePosixPath(path)
    rows = [row for row in table if len(row) == width]
    columns = [[index.position(row[c], place) for row in rows] for c in range(min(width, 20))]
    hits = [sum(each is not None for each in column) for column in columns]
    chosen = max(range(len(hits)), key=hits.__getitem__)
    if hits[chosen] < MIN_SHARE * (len(rows) - 1):
        return {}
    has_header = columns[chosen][0] is None
    header = rows[0] if has_header else []
    classes = dict(_classes(rows[has_header:], header, chosen))
    positions = columns[chosen][has_header:]
    return {
        position: classes[row]
        for row, position in enumerate(positions)
        if position is not None and row in classes
    }


def _classes(rows: Table, header: Sequence[str], files: int) -> Iterator[tuple[int, str]]:
    """The class of each row: of its column, or the one of several columns that has a 1."""
    others = [column for column in range(len(rows[0])) if column != files]
    known = {name.strip().lower(): column for column, name in enumerate(header)}
    column = next((known[name] for name in CLASS_COLUMNS if name in known), None)
    if column is None and len(others) == 1:
        column = others[0]
    if column is not None:
        yield from (
            (i, nfc(row[column].strip())) for i, row in enumerate(rows) if row[column].strip()
        )
    elif header and (marked := _marked(rows, others)):
        yield from ((i, nfc(header[marked[i]].strip())) for i in range(len(rows)))
    else:
        repeating = [
            c for c in others if 1 < len(Counter(row[c] for row in rows)) <= len(rows) // 2
        ]
        if len(repeating) == 1:
            yield from ((i, nfc(row[repeating[0]].strip())) for i, row in enumerate(rows))


def _marked(rows: Table, columns: Sequence[int]) -> list[int]:
    """The one column of each row that has a 1 where the others have a 0; none if not all do."""
    marked = []
    for row in rows:
        values = [row[column].strip().removesuffix(".0") for column in columns]
        if values.count("1") != 1 or values.count("0") != len(values) - 1:
            return []
        marked.append(columns[values.index("1")])
    return marked
