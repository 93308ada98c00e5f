"""What networks cost; of published ones without building them."""

import csv
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import torch

from cnnviz.analysis import counting
from cnnviz.analysis.graph import network_graph
from cnnviz.architectures import NetworkSpec, build, specify, variants
from cnnviz.architectures.given import made_for

# Counting all networks takes ten seconds, so their costs are kept; this module as a program writes
# them. A variant that is not among them is counted when it is asked for.
KEPT = Path(__file__).with_name("costs.csv")


@dataclass(frozen=True)
class Cost:
    """What a published network costs.

    Attributes:
        params: Trainable parameters; shared ones count once.
        inference_params: The same without auxiliary heads, which training alone uses.
        inference_macs: Multiply-accumulates of one image of the published size, without those.
    """

    params: int
    inference_params: int
    inference_macs: int


def cost(name: str) -> Cost:
    """The cost of a published variant.

    Raises:
        KeyError: There is no such variant; the message lists the known names.
    """
    return _kept().get(name) or counted_cost(name)


def counted_cost(name: str) -> Cost:
    """The cost of a published variant, counted on the network."""
    spec = specify(name)
    graph = network_graph(spec, made_for(spec))
    used = [node for node in graph.layers if not node.training_only]
    return Cost(
        counted_parameters(spec),
        sum(counting.params(node) for node in used),
        sum(counting.macs(node) for node in used),
    )


def counted_parameters(spec: NetworkSpec) -> int:
    """The parameters of a network, counted on it; shared ones count once."""
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in build(spec).parameters())


@cache
def _kept() -> dict[str, Cost]:
    names = [field.name for field in fields(Cost)]
    with KEPT.open(encoding="utf-8", newline="") as file:
        return {
            row["variant"]: Cost(*(int(row[name]) for name in names))
            for row in csv.DictReader(file)
        }


def _write() -> None:
    names = [field.name for field in fields(Cost)]
    with KEPT.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["variant", *names])
        for name in variants():
            table.writerow([name, *vars(counted_cost(name)).values()])


if __name__ == "__main__":
    _write()
