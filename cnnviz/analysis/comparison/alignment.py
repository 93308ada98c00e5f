"""Aligns networks by resolution and by depth, with the cumulative cost at each depth."""

from collections.abc import Sequence
from itertools import groupby
from math import log2
from typing import Any

import pandas as pd

from cnnviz.analysis.formulas.arithmetic import enumeration
from cnnviz.analysis.kinds import WEIGHTED
from cnnviz.analysis.layers import feature_maps, is_auxiliary

# Rows that are no feature maps come below all others.
VECTOR, AUXILIARY = -100, -200


def level(shape: Sequence[int]) -> int:
    """The line on which an output of that shape stands: one up for each doubling of its side.

    Sides within a factor of about 1.4 share a line (56 and AlexNet's 55, 28 and CIFAR's 32), so
    that networks of other strides and image sizes stand beside each other. The lines' middles are
    7, 14, 28, ... px. Vectors and maps of 1 px share the last line.
    """
    is_map = len(shape) == 3 and shape[-1] > 1
    return round(log2(shape[-1] / 7)) if is_map else VECTOR


def stages_by_side(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The stages of each network by resolution; params, macs, activations and depth add up.

    Args:
        tables: Layer tables, one a network.

    Columns:
        network: Position in ``tables``.
        level: Sorts the lines: the largest resolution has the highest.
        side: The line's sides in words, of all networks: "56 and 55 px", "vector".
        stages: The network's parts that have layers there: "stem, stage 1", "stages 2 to 4".
        depth: Convolutions and linear layers there on the longest path.
        layers: All convolutions and linear layers there, with those beside the longest path.
        channels: The most that a map has there; of vectors, the last one's features.
        params, macs, activations: Sums of the layers whose output has that resolution.
    """
    rows: list[dict[str, Any]] = []
    sides: dict[int, set[int]] = {}
    for network, table in enumerate(tables):
        levels = table["output_shape"].map(level).mask(is_auxiliary(table), AUXILIARY)
        for key in sorted(levels.unique(), reverse=True):
            there = table[levels == key]
            sides.setdefault(key, set()).update(shape[-1] for shape in there["output_shape"])
            above = table.loc[levels > key, "depth"].max() if (levels > key).any() else 0
            rows.append({"network": network, "level": int(key), **_sums(there, int(above))})
    frame = pd.DataFrame(rows)
    frame.insert(2, "side", [_side_text(key, sides[key]) for key in frame["level"]])
    return frame.sort_values(["level", "network"], ascending=[False, True], ignore_index=True)


def _sums(there: pd.DataFrame, above: int) -> dict[str, Any]:
    auxiliary, shapes = is_auxiliary(there).all(), there["output_shape"]
    is_vector = level(shapes.iloc[-1]) == VECTOR
    return {
        "stages": _parts_text(list(there["stage"].unique())),
        "depth": 0 if auxiliary else max(int(there["depth"].max()) - above, 0),
        "layers": int(is_weighted(there).sum()),
        "channels": int(shapes.iloc[-1][0] if is_vector else max(shape[0] for shape in shapes)),
        **{count: int(there[count].sum()) for count in ("params", "macs", "activations")},
    }


def _parts_text(parts: Sequence[str]) -> str:
    """Parts in the order of execution; stages that follow each other as one."""
    texts = []
    for name, group in groupby(parts, key=lambda part: part.rstrip("0123456789")):
        numbers = [part.removeprefix(name) for part in group]
        word = name.removeprefix("auxiliary head ")
        if len(numbers) == 1:
            texts.append(f"{word}{numbers[0]}")
        else:
            between = "and" if len(numbers) == 2 else "to"
            texts.append(f"{word.rstrip()}s {numbers[0]} {between} {numbers[-1]}")
    return ", ".join(texts)


def is_weighted(table: pd.DataFrame) -> pd.Series:
    """A mask of the rows with weights: convolutions, linear layers and layers of our own."""
    return table["macs"].gt(0) | table["role"].isin(WEIGHTED)


def _side_text(key: int, sides: set[int]) -> str:
    if key == VECTOR:
        return "vector"
    if key == AUXILIARY:
        return "auxiliary heads"
    return f"{enumeration([str(side) for side in sorted(sides, reverse=True)])} px"


def curves(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Cumulative cost and receptive field by depth, without auxiliary heads.

    Columns:
        network: Position in ``tables``.
        depth: Weighted layers on the longest path so far, from 0, which is the image.
        params, macs: Sums of the layers of at most that depth.
        receptive_field: Side in pixels of the largest field of a feature map of at most that depth
            (``analysis.layers.Totals`` says which); missing where only vectors follow.
    """
    return pd.concat(
        [_curve(table).assign(network=position) for position, table in enumerate(tables)],
        ignore_index=True,
    )


def _curve(table: pd.DataFrame) -> pd.DataFrame:
    used = table[~is_auxiliary(table)]
    maps = feature_maps(table)
    seen = maps if len(maps) else used
    depths = pd.RangeIndex(int(used["depth"].max()) + 1, name="depth")
    curve = used.groupby("depth")[["params", "macs"]].sum().reindex(depths, fill_value=0).cumsum()
    fields = seen.groupby("depth")["receptive_field"].max()
    fields = fields.reindex(pd.RangeIndex(int(seen["depth"].max()) + 1)).fillna(1).cummax()
    return curve.assign(receptive_field=fields).reset_index()
