"""A network's layer table and totals in one object."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.layers import Totals, layer_table, totals
from cnnviz.architectures import Network, NetworkSpec, architecture_of, specify
from cnnviz.architectures.given import made_for


@dataclass(frozen=True, eq=False)
class Summary:
    """A network's layer table and totals for one image.

    Attributes:
        spec: What the network is built from.
        resolution: Side of the image in pixels.
        layers: One row a layer; columns as in ``analysis.layers.layer_table``.
        totals: The sums.
        changed: Paths of modules that ``spec`` would make otherwise: they were replaced by hand.
    """

    spec: NetworkSpec
    resolution: int
    layers: pd.DataFrame
    totals: Totals
    changed: tuple[str, ...] = ()

    @property
    def num_classes(self) -> int:
        """Outputs of the head's last layer."""
        return int(self.layers.loc[self.layers["stage"] == "head", "output_shape"].iloc[-1][-1])

    def to_json(self) -> dict[str, Any]:
        """The summary in plain numbers, lists and dictionaries."""
        return {
            "architecture": architecture_of(self.spec.variant).name,
            "variant": self.spec.variant,
            "config": {
                h.name: getattr(self.spec.config, h.name)
                for h in self.spec.config.hyperparameters()
            },
            **({"changed": [*self.changed]} if self.changed else {}),
            "input": [self.spec.in_channels, self.resolution, self.resolution],
            "params": self.totals.params,
            "macs": self.totals.macs,
            "activations": self.totals.activations,
            "receptive_field": self.totals.receptive_field,
            "layers": [_layer_json(row) for row in self.layers.to_dict("records")],
        }

    def __str__(self) -> str:
        """A table for a terminal."""
        columns = ["name", "kind", "output_shape", "params", "macs", "receptive_field"]
        shown = self.layers[columns].to_string(
            index=False, formatters={"params": "{:,}".format, "macs": "{:,}".format}
        )
        changed = f" with changed {', '.join(self.changed)}" if self.changed else ""
        return (
            f"{shown}\n\n{self.spec.variant}{changed}, "
            f"{self.spec.in_channels} x {self.resolution} x {self.resolution} "
            f"to {self.num_classes} classes: "
            f"{self.totals.params:,} parameters, {self.totals.macs:,} MACs, "
            f"{self.totals.activations:,} activations, {self.totals.depth} layers deep, "
            f"receptive field {self.totals.receptive_field} px."
        )


def summary(network: Network | NetworkSpec | str, resolution: int | None = None) -> Summary:
    """The layer table and the totals of a network for one square image.

    Args:
        network: A network as it is now, whatever was replaced in it after it was built; its
            specification, or the name of a published variant.
        resolution: Side of the image in pixels; default that of the published variant.

    Raises:
        KeyError: Unknown variant; the message lists the known names.
        TypeError: It is no network of ``cnnviz.build``.
        ValueError: ``resolution`` is no whole number from 1 to 4096, or the image is too small for
            the network; the message names the layer.
    """
    if isinstance(network, str):
        network = specify(network)
    if resolution is None:
        resolution = made_for(network)
    graph = network_graph(network, resolution)
    assert graph.spec is not None
    table = layer_table(graph)
    return Summary(graph.spec, resolution, table, totals(table), graph.changed)


def _layer_json(row: dict[Any, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "kind": row["kind"],
        "input": list(row["input_shape"]),
        "output": list(row["output_shape"]),
        **{name: _window_json(row[name]) for name in ("kernel_size", "stride", "padding")},
        "groups": None if pd.isna(row["groups"]) else int(row["groups"]),
        **{name: int(row[name]) for name in ("params", "macs", "receptive_field")},
    }


def _window_json(pair: tuple[int, int] | None) -> int | list[int] | None:
    """One number for a square window, [height, width] for others, None where there is none."""
    if pair is None:
        return None
    return pair[0] if pair[0] == pair[1] else list(pair)
