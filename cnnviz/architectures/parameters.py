"""How many parameters networks have; of published ones without building them."""

import csv
from functools import cache
from pathlib import Path

import torch

from cnnviz.architectures import NetworkSpec, build, specify, variants

# Building all networks takes seconds, so their counts are kept; this module as a program writes
# them. A variant that is not among them is built when it is asked for.
KEPT = Path(__file__).with_name("parameters.csv")


def parameter_count(variant: str) -> int:
    """The parameters of a published variant; shared ones count once.

    Raises:
        KeyError: There is no such variant; the message lists the known names.
    """
    kept = _kept().get(variant)
    return counted_parameters(specify(variant)) if kept is None else kept


def counted_parameters(spec: NetworkSpec) -> int:
    """The parameters of a network, counted on it; shared ones count once."""
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in build(spec).parameters())


@cache
def _kept() -> dict[str, int]:
    with KEPT.open(encoding="utf-8", newline="") as file:
        return {row["variant"]: int(row["params"]) for row in csv.DictReader(file)}


if __name__ == "__main__":
    rows = [f"{name},{counted_parameters(specify(name))}" for name in variants()]
    KEPT.write_text("\n".join(["variant,params", *rows, ""]))
