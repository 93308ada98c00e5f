"""The experiments of the course: the entries of ``catalogue.toml``."""

from collections.abc import Mapping
from typing import Any

from cnnviz.files import entries
from cnnviz.hyperparameters import named
from cnnviz.training.experiments.declaration import Arm, Experiment, Printed
from cnnviz.training.plan import Start


def _experiment(
    arms: list[dict[str, Any]],
    better: list[list[str]],
    network: str = "",
    table: str = "",
    column: str = "",
    **entry: Any,
) -> Experiment:
    shared = {"common": network, "table": table, "column": column}
    pairs = tuple((lower, higher) for lower, higher in better)
    return Experiment(**entry, arms=tuple(_arm(**{**shared, **arm}) for arm in arms), better=pairs)


def _arm(
    common: str,
    table: str,
    column: str,
    network: str = "",
    row: int | None = None,
    start: Mapping[str, Any] | None = None,
    **entry: Any,
) -> Arm:
    return Arm(
        **entry,
        network=",".join(filter(None, (common, network))),
        paper=None if row is None else Printed(table, row, column),
        start=None if start is None else Start(start["network"], tuple(start["layers"])),
    )


EXPERIMENTS = tuple(
    _experiment(**entry) for entry in entries("training/experiments/catalogue.toml")
)


def experiment(name: str) -> Experiment:
    """Look up an experiment by name.

    Raises:
        KeyError: The name is unknown; the message lists the known names.
    """
    return named(name, {each.name: each for each in EXPERIMENTS}, "experiment")
