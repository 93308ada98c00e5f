"""Networks side by side: totals, ratios, stages, layers, hyperparameters, published errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cnnviz.analysis.comparison import alignment, text
from cnnviz.analysis.comparison.layer_differences import LayerDifferences, layer_differences
from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.layers import layer_table, totals
from cnnviz.architectures import architecture_of, variant
from cnnviz.architectures.published import ERRORS, most_common_first, published
from cnnviz.architectures.written import SizedNetwork

PRINTED = ("network", "label", "quantity", "title", "protocol", "error", "printed", "source")


@dataclass(frozen=True, eq=False)
class FamilyDifference:
    """The hyperparameters in which the networks of one family differ.

    Attributes:
        family: The family's title.
        labels: Its networks among those compared; at least two.
        rows: Columns name, title, help and, under each label, the value as it is written. Only
            those that differ; none where all are equal.
    """

    family: str
    labels: tuple[str, ...]
    rows: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Comparison:
    """Networks side by side, each with one image.

    Attributes:
        networks: What is compared.
        labels: What each is called on screen; all are different.
        layers: Their layer tables; columns as in ``analysis.layers.layer_table``.
    """

    networks: tuple[SizedNetwork, ...]
    labels: tuple[str, ...]
    layers: tuple[pd.DataFrame, ...]

    @classmethod
    def of(cls, networks: Sequence[SizedNetwork], tables: Sequence[pd.DataFrame]) -> Comparison:
        """The comparison of networks from their layer tables.

        Raises:
            ValueError: There is no network, or not one table for each.
        """
        if not networks or len(networks) != len(tables):
            raise ValueError(
                "networks must be at least one, with a layer table each; received "
                f"{len(networks)} networks and {len(tables)} tables."
            )
        return cls(tuple(networks), labels(networks), tuple(tables))

    @cached_property
    def totals(self) -> pd.DataFrame:
        """One row a network.

        Columns: label, variant, family (title), year, written (as in URLs), resolution (px),
        in_channels, num_classes, then those of ``analysis.layers.Totals``.
        """
        rows = [
            {"label": label, **_identity(network), **asdict(totals(table))}
            for network, label, table in zip(self.networks, self.labels, self.layers, strict=True)
        ]
        return pd.DataFrame(rows)

    def ratios(self, reference: int = -1) -> list[str]:
        """A sentence for each other network: how its parameters and MACs compare.

        Args:
            reference: Position of the network that the others are compared with.
        """
        rows: list[dict[Any, Any]] = self.totals.to_dict("records")
        base = rows[reference]
        return [text.ratio(row, base) for row in rows if row is not base]

    @cached_property
    def stages(self) -> pd.DataFrame:
        """The stages of each network by resolution (``alignment.stages_by_side``)."""
        return alignment.stages_by_side(self.layers)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Cumulative cost and receptive field of each network by depth (``alignment.curves``)."""
        return alignment.curves(self.layers)

    @cached_property
    def heaviest(self) -> pd.DataFrame:
        """The layer with the most parameters of each network: label, name, kind, params, share."""
        columns = {"name": "name", "kind": "kind", "params": "params", "params_share": "share"}
        first = pd.concat([table.nlargest(1, "params") for table in self.layers])
        frame = first[list(columns)].rename(columns=columns).reset_index(drop=True)
        frame.insert(0, "label", list(self.labels))
        return frame

    @property
    def is_one_family(self) -> bool:
        """Whether all networks have the same hyperparameters."""
        return len({_family(network) for network in self.networks}) == 1

    def layer_differences(self, every_layer: bool = False) -> LayerDifferences:
        """Layer tables side by side: by name within a family, else by resolution and order."""
        return layer_differences(self.layers, self.labels, self.is_one_family, every_layer)

    @cached_property
    def hyperparameters(self) -> tuple[FamilyDifference, ...]:
        """The differing hyperparameters of each family that has two or more of the networks."""
        families = Counter(_family(network) for network in self.networks)
        return tuple(self._difference(name) for name, count in families.items() if count > 1)

    def _difference(self, family: str) -> FamilyDifference:
        of_family = {
            label: network.spec.config
            for label, network in zip(self.labels, self.networks, strict=True)
            if _family(network) == family
        }
        values = {label: config.to_text() for label, config in of_family.items()}
        rows = [
            {"name": h.name, "title": h.title, **texts, "help": h.help}
            for h in next(iter(of_family.values())).hyperparameters()
            if len(set((texts := {label: v[h.name] for label, v in values.items()}).values())) > 1
        ]
        columns = ["name", "title", *of_family, "help"]
        return FamilyDifference(family, tuple(of_family), pd.DataFrame(rows, columns=columns))

    @cached_property
    def printed(self) -> pd.DataFrame:
        """The published errors of the compared networks; changed networks have none.

        Columns: network (position), label, quantity, title, protocol (how it was measured), error
        (per cent), printed, source.
        """
        rows = [
            {
                **{"network": i, "label": self.labels[i]},
                **{"quantity": f.quantity, "title": ERRORS[f.quantity], "protocol": f.protocol},
                **{"error": float(f.value), "printed": f.value, "source": f.source},
            }
            for i, network in enumerate(self.networks)
            if is_as_published(network)
            for f in published(network.spec.variant)
            if f.quantity in ERRORS
        ]
        return pd.DataFrame(rows, columns=PRINTED)

    @property
    def protocols(self) -> tuple[str, ...]:
        """How the errors were measured; what most of the networks have in common comes first."""
        return most_common_first(self.printed[["network", "protocol"]].itertuples(index=False))

    def measured_on(self, protocol: str) -> pd.DataFrame:
        """The rows of ``printed`` of one protocol: errors that may be compared."""
        return self.printed[self.printed["protocol"] == protocol]

    @property
    def changed(self) -> tuple[str, ...]:
        """Labels of the networks that differ from every paper's and have no published errors."""
        pairs = zip(self.labels, self.networks, strict=True)
        return tuple(label for label, network in pairs if not is_as_published(network))

    def to_json(self) -> dict[str, Any]:
        """The comparison in plain numbers, lists and dictionaries."""
        return text.json(self)

    def to_markdown(self) -> str:
        """The comparison as a report."""
        return text.markdown(self)

    def __str__(self) -> str:
        """The comparison for a terminal."""
        return text.terminal(self)


def comparison(networks: Sequence[SizedNetwork]) -> Comparison:
    """Networks side by side.

    Raises:
        ValueError: There is no network, or an image is too small for one; the message names it.
    """
    tables = [layer_table(network_graph(n.spec, n.resolution)) for n in networks]
    return Comparison.of(networks, tables)


def labels(networks: Sequence[SizedNetwork]) -> tuple[str, ...]:
    """Labels of networks: their titles and changes, numbered where two are the same."""
    names = [label(network) for network in networks]
    often, seen = Counter(names), Counter[str]()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(f"{name} ({seen[name]})" if often[name] > 1 else name)
    return tuple(unique)


def label(network: SizedNetwork) -> str:
    """A network's title with its changes: "ResNet-50 with width 32"; of three or more the count."""
    title = variant(network.spec.variant).title
    changes = network.changes
    if not changes:
        return title
    if len(changes) > 2:
        return f"{title} with {len(changes)} changes"
    words = (f"{name.replace('_', ' ')} {value}" for name, value in changes.items())
    return f"{title} with {', '.join(words)}"


def is_as_published(network: SizedNetwork) -> bool:
    """Whether the network and its image are what the paper describes."""
    return not network.changes


def _family(network: SizedNetwork) -> str:
    return architecture_of(network.spec.variant).title


def _identity(network: SizedNetwork) -> dict[str, Any]:
    spec, family = network.spec, architecture_of(network.spec.variant)
    return {
        "variant": spec.variant,
        "family": family.title,
        "year": family.year_of(spec.variant),
        "written": str(network),
        "resolution": network.resolution,
        "in_channels": spec.in_channels,
        "num_classes": spec.num_classes,
    }
