"""The layer table: one row a layer, and the totals below it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cnnviz.analysis import counting
from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.kinds import WEIGHTED
from cnnviz.analysis.kinds.window import sliding
from cnnviz.analysis.node import Node
from cnnviz.analysis.receptive_field import receptive_fields


@dataclass(frozen=True)
class Totals:
    """Sums over the layer table, for one image.

    Attributes:
        params: Learned numbers.
        macs: Multiply-accumulates of convolutions and linear layers; FLOPs = 2 x MACs.
        activations: Elements of all layers' outputs.
        memory: Bytes of all parameters and outputs in float32.
        receptive_field: Side in pixels of the field of one unit of the last feature map, before
            global pooling or flattening; of the whole image where there are no maps.
        depth: Convolutions and linear layers on the longest path: the depth that papers count.
    """

    params: int
    macs: int
    activations: int
    memory: int
    receptive_field: int
    depth: int


def layer_table(graph: NetworkGraph) -> pd.DataFrame:
    """One row a layer, in the order of execution.

    Columns:
        name, stage, kind: As in ``graph.Node``.
        role: What its kind is for (``kinds.Kind``).
        input_shape, output_shape: (C, H, W) or (features,); the first input's.
        inputs: How many nodes the layer reads.
        kernel_size, stride, padding: (height, width), or None where the layer has none.
        groups, bias: Of convolutions and (bias) linear layers, else None.
        params, macs, activations: Counts for one image.
        operations: All that is computed for one image (``counting.operations``); FLOPs = 2 x macs
            has no column.
        memory: Bytes of parameters and output in float32.
        receptive_field, jump, start: In pixels, along the width.
        depth: Convolutions and linear layers on the longest path up to and with this layer.
        params_share, macs_share: Of the network's total, in [0, 1].
    """
    rows = [_row(node) for node in graph.layers]
    table = pd.DataFrame(rows, columns=list(rows[0])).astype({"groups": "Int64"})
    fields = receptive_fields(graph)[1:]
    table["receptive_field"] = [field.size for field in fields]
    table["jump"] = [field.jump for field in fields]
    table["start"] = [field.start for field in fields]
    table["depth"] = _depths(graph)[1:]
    for count in ("params", "macs"):
        table[f"{count}_share"] = table[count] / max(int(table[count].sum()), 1)
    return table


def totals(table: pd.DataFrame) -> Totals:
    """The sums of a layer table."""
    maps = feature_maps(table)
    return Totals(
        params=int(table["params"].sum()),
        macs=int(table["macs"].sum()),
        activations=int(table["activations"].sum()),
        memory=int(table["memory"].sum()),
        receptive_field=int((table if maps.empty else maps)["receptive_field"].iloc[-1]),
        depth=int(table.loc[table["stage"] == "head", "depth"].iloc[-1]),
    )


def is_auxiliary(table: pd.DataFrame) -> pd.Series:
    """Which rows of a layer table belong to heads that only training uses."""
    return table["stage"].str.startswith("auxiliary")


def feature_maps(table: pd.DataFrame) -> pd.DataFrame:
    """The rows whose output is (C, H, W) when the network is used, before global pooling."""
    is_map = table["output_shape"].map(len) == 3
    return table[is_map & ~is_auxiliary(table) & ~table["kind"].str.startswith("global")]


def _depths(graph: NetworkGraph) -> list[int]:
    depths = [0]
    for node in graph.layers:
        weighted = node.type.role in WEIGHTED or counting.macs(node) > 0
        depths.append(max(depths[index] for index in node.inputs) + weighted)
    return depths


def _row(node: Node) -> dict[str, Any]:
    window, has_bias = sliding(node.module), getattr(node.module, "bias", None) is not None
    return {
        "name": node.name,
        "stage": node.stage,
        "kind": node.kind,
        "role": node.type.role,
        "input_shape": node.input_shapes[0],
        "output_shape": node.output_shape,
        "inputs": len(node.inputs),
        "kernel_size": window.kernel_size if window else None,
        "stride": window.stride if window else None,
        "padding": window.padding if window else None,
        "groups": getattr(node.module, "groups", None),
        "bias": has_bias if node.type.role in WEIGHTED else None,
        "params": counting.params(node),
        "macs": counting.macs(node),
        "operations": counting.operations(node),
        "activations": counting.activations(node),
        "memory": counting.memory(node),
    }
