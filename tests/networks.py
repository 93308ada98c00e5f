"""Published networks as the tests go through them."""

from collections.abc import Collection
from functools import cache
from typing import Any

import pytest
import torch

from cnnviz.analysis.graph import NetworkGraph, network_graph
from cnnviz.analysis.summary import Summary, summary
from cnnviz.architectures import Network, architecture_of, build, specify, variant, variants
from cnnviz.architectures.given import made_for

# More than a thousand layers, of the blocks that their siblings have too.
VERY_DEEP = ("resnet1202_cifar", "preact_resnet1001_cifar", "stochastic_depth1202_cifar")


def all_but_slow(slow: Collection[str]) -> list[Any]:
    """All variants as parameters of a test, some of which are run with the slow tests alone."""
    return [
        pytest.param(name, marks=pytest.mark.slow) if name in slow else name for name in variants()
    ]


def blocks_of(name: str) -> tuple[object, ...]:
    """What variants have in common that differ in depth and width alone."""
    settings = vars(variant(name).config).values()
    return architecture_of(name).name, *(
        value if isinstance(value, str | bool) else bool(value) for value in settings
    )


# The first variant of each kind of block.
SHALLOWEST = {blocks_of(name): name for name in reversed(variants())}
# Variants of the blocks of a shallower one, which stands before them in its family.
DEEPER = sorted(set(variants()) - set(SHALLOWEST.values()))


@cache
def meta_of(name: str) -> Network:
    """A published network without numbers, which many tests read and none changes."""
    with torch.device("meta"):
        return build(name)


@cache
def graph_of(name: str) -> NetworkGraph:
    """The graph of a published network, which many tests read and none changes."""
    spec = specify(name)
    return network_graph(spec, made_for(spec))


@cache
def summary_of(name: str) -> Summary:
    """The layer table and totals of a published network, which many tests read."""
    return summary(name)
