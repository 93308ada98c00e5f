"""Layer tables side by side, with what differs."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import pandas as pd

from cnnviz.analysis.comparison.alignment import VECTOR, is_weighted, level
from cnnviz.analysis.layers import is_auxiliary
from cnnviz.analysis.node import shape_text

Layer = dict[str, Any]
Line = tuple[Layer | None, ...]  # a network each; None where it has no such layer


@dataclass(frozen=True, eq=False)
class LayerDifferences:
    """Layer tables side by side.

    Attributes:
        rows: Columns side (px, of the outputs); for each network by its position layer_0, output_0,
            params_0, ...: what it is, its output's shape, its parameters, None where it has none;
            difference (in words, against the first network; empty where there is none).
        marked: The cells of ``rows`` that differ from the first network's, as booleans.
    """

    rows: pd.DataFrame
    marked: pd.DataFrame


# What is compared: the cell that shows it, its name in words, where it is read.
FEATURES = ("kind", "kernel_size", "stride", "padding", "groups", "bias")
CELLS = ("layer", "output", "params")


def layer_differences(
    tables: Sequence[pd.DataFrame], labels: Sequence[str], by_name: bool, every_layer: bool = False
) -> LayerDifferences:
    """The layers of several networks, each beside the others' counterparts.

    Args:
        tables: Layer tables, one a network.
        labels: What the networks are called, for the differences in words.
        by_name: Counterparts have the same module path, as within a family; else they are the n-th
            layer of the same kind at the same resolution (of vectors, from the end: a classifier
            stands beside a classifier).
        every_layer: Also normalisation, activation, additions and auxiliary heads, not only
            weighted layers and pooling.
    """
    layers = [
        [_layer(row) for row in table.to_dict("records")]
        for table in (tables if every_layer else map(_main, tables))
    ]
    names = [[layer["name"] for layer in each] for each in layers]
    lines = _aligned(layers, names) if by_name else _by_level(layers)
    rows, marked = [], []
    for line in lines:
        changes = [_differences(line[0], layer) for layer in line]
        rows.append(_row(line, _in_words(line, changes, labels)))
        marked.append(_marks(line, changes))
    cells = [f"{cell}_{network}" for network in range(len(tables)) for cell in CELLS]
    columns = ["side", *cells, "difference"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return LayerDifferences(
        frame.where(frame.notna(), None).astype(dict.fromkeys(cells[2::3], "Int64")),
        pd.DataFrame(marked, columns=columns, dtype=object).eq(True),
    )


def _main(table: pd.DataFrame) -> pd.DataFrame:
    is_main = is_weighted(table) | table["role"].eq("pooling")
    return table[is_main & ~is_auxiliary(table)]


def _layer(row: dict[Any, Any]) -> Layer:
    shape = row["output_shape"]
    return {
        **{feature: row[feature] for feature in ("name", "params", *FEATURES)},
        "groups": None if pd.isna(row["groups"]) else row["groups"],
        "shape": shape,
        "inputs": row["input_shape"][0],
        "level": level(shape),
        "layer": layer_text(row),
    }


def layer_text(row: dict[Any, Any]) -> str:
    """A layer in a few words: "3x3 convolution, 64, stride 2", "linear, 4096"."""
    words = [row["kind"]]
    if row["kernel_size"]:
        words = [f"{row['kernel_size'][0]}x{row['kernel_size'][1]} {row['kind']}"]
    if row["params"] and row["role"] != "normalisation":
        words.append(str(row["output_shape"][0]))
    if row["stride"] and max(row["stride"]) > 1:
        words.append(f"stride {row['stride'][0]}")
    if not pd.isna(row["groups"]) and row["groups"] > 1:
        words.append(f"{row['groups']} groups")
    return ", ".join(words)


def _by_level(layers: Sequence[list[Layer]]) -> list[Line]:
    levels = sorted({layer["level"] for each in layers for layer in each}, reverse=True)
    lines: list[Line] = []
    for key in levels:
        there = [[layer for layer in each if layer["level"] == key] for each in layers]
        lines += _aligned(there, [_numbered(each, from_end=key == VECTOR) for each in there])
    return lines


def _numbered(layers: list[Layer], from_end: bool) -> list[tuple[str, int]]:
    """Each layer's kind, and its number among those of its kind."""
    seen: Counter[str] = Counter()
    keys = []
    for layer in reversed(layers) if from_end else layers:
        seen[layer["kind"]] += 1
        keys.append((layer["kind"], seen[layer["kind"]]))
    return keys[::-1] if from_end else keys


def _aligned(layers: Sequence[list[Layer]], keys: Sequence[Sequence[Hashable]]) -> list[Line]:
    """Lines of the layers with equal keys, in an order that keeps each network's own."""
    merged: list[tuple[Hashable, Line]] = []
    for width, (each, own) in enumerate(zip(layers, keys, strict=True)):
        lines: list[tuple[Hashable, Line]] = []
        matcher = SequenceMatcher(None, [key for key, _ in merged], own, autojunk=False)
        for tag, start, stop, first, last in matcher.get_opcodes():
            here, new = (
                merged[start:stop],
                list(zip(own[first:last], each[first:last], strict=True)),
            )
            if tag == "equal":
                lines += [(k, (*line, x)) for (k, line), (_, x) in zip(here, new, strict=True)]
                continue
            lines += [(key, (*line, None)) for key, line in here]
            lines += [(key, (*(None,) * width, layer)) for key, layer in new]
        merged = lines
    return [line for _, line in merged]


def _differences(first: Layer | None, other: Layer | None) -> list[str]:
    """The features in words in which a layer differs from the first network's."""
    if first is None or other is None:
        return []
    words = [name.replace("_", " ") for name in FEATURES if first[name] != other[name]]
    is_map = len(first["shape"]) == 3
    if first["inputs"] != other["inputs"]:
        words.append("input channels" if is_map else "inputs")
    if first["shape"][0] != other["shape"][0]:
        words.append("channels" if is_map else "outputs")
    if first["shape"][1:] != other["shape"][1:]:
        words.append("resolution")
    return words


def _in_words(line: Line, changes: Sequence[list[str]], labels: Sequence[str]) -> str:
    present = [label for layer, label in zip(line, labels, strict=True) if layer]
    if len(present) == 1 and len(labels) > 1:
        return f"only in {present[0]}"
    if line[0] is None:
        return f"not in {labels[0]}"
    if len(labels) == 2:
        return f"changed: {', '.join(changes[1])}" if changes[1] else ""
    parts = [
        f"{label}: {', '.join(words) if layer else 'missing'}"
        for layer, words, label in zip(line, changes, labels, strict=True)
        if words or not layer
    ]
    return "; ".join(parts)


def _row(line: Line, difference: str) -> Layer:
    sides = dict.fromkeys(layer["shape"][-1] for layer in line if layer and layer["level"] > VECTOR)
    row: Layer = {"side": " / ".join(map(str, sides)) or "vector", "difference": difference}
    for network, layer in enumerate(line):
        if layer:
            row[f"layer_{network}"] = layer["layer"]
            row[f"output_{network}"] = shape_text(layer["shape"])
            row[f"params_{network}"] = layer["params"]
    return row


def _marks(line: Line, changes: Sequence[list[str]]) -> dict[str, bool]:
    first, marks = line[0] or {}, {}
    lonely = sum(layer is not None for layer in line) == 1 < len(line)
    for network, (layer, words) in enumerate(zip(line, changes, strict=True)):
        if layer is None:
            continue
        new = lonely or not first
        own = set(words) - {"resolution", "inputs", "input channels"}
        marks[f"layer_{network}"] = new or bool(own)
        marks[f"output_{network}"] = new or layer["shape"] != first["shape"]
        marks[f"params_{network}"] = new or layer["params"] != first["params"]
    return marks
