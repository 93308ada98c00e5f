"""Common mistakes in counting parameters and MACs, each with the count that it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from math import prod
from typing import Any

from cnnviz.analysis.formulas.side import sides
from cnnviz.analysis.kinds import BATCH_NORM, is_adaptive
from cnnviz.analysis.kinds.window import pair
from cnnviz.analysis.node import Node, Shape

# A change of the facts that a wrong value is computed from, and what to tell the student.
Changes = Mapping[str, tuple[dict[str, Any], str]]


@dataclass(frozen=True)
class Mistake:
    """A mistake with the value that it leads to.

    Attributes:
        name: "forgot the bias".
        value: What one gets then.
        sentence: What to tell the student; it does not say the answer.
        steps: How many steps went wrong.
    """

    name: str
    value: int | float | Shape
    sentence: str
    steps: int = 1


@dataclass(frozen=True)
class Filters:
    """The sizes from which a convolution's or linear layer's counts are computed.

    Attributes:
        kernel: Its height and width; (1, 1) for a linear layer.
        has_bias: Whether a number a filter is added.
        places: How often the filters are counted: 1 for parameters, H x W for MACs.
        operations: 1 for a multiply-accumulate, 2 for a multiplication and an addition.
    """

    in_channels: int
    out_channels: int
    kernel: tuple[int, int]
    groups: int
    has_bias: bool
    places: int = 1
    operations: int = 1

    @property
    def count(self) -> int:
        """Parameters, or operations at all places."""
        a_filter = self.in_channels // self.groups * prod(self.kernel) + self.has_bias
        return self.operations * self.places * self.out_channels * a_filter


def of_params(node: Node) -> list[Mistake]:
    """Mistakes about the number of parameters."""
    module: Any = node.module
    shape, facts = node.output_shape, _filters(node)
    if facts:
        every = "The same weights are used at every place: count them once."
        changed = _changed(facts, _param_changes(facts))
        return [*changed, Mistake("counted every place", facts.count * prod(shape[1:]), every)]
    if node.type is BATCH_NORM:
        return _of_batch_norm(module.num_features, prod(shape[1:]))
    if node.type.role == "pooling" and not is_adaptive(module):
        window, why = prod(pair(module.kernel_size)), "A maximum or a mean has no weights."
        return [
            Mistake("gave the window weights", window * factor, why)
            for factor in (1, shape[0], shape[0] ** 2)
        ]
    tensors = dict(module.named_parameters()) if module is not None else {}
    total = sum(tensor.numel() for tensor in tensors.values())
    return [
        Mistake(f"forgot {name}", total - tensor.numel(), f"Something is missing: {name}.")
        for name, tensor in tensors.items()
    ]


def _of_batch_norm(channels: int, places: int) -> list[Mistake]:
    running = "The running mean and variance are measured, not learned: they do not count."
    return [
        Mistake("forgot the shift", channels, "Each channel has a scale and also a shift."),
        Mistake("counted running statistics", 4 * channels, running),
        Mistake("counted one running statistic", 3 * channels, running),
        Mistake("counted every place", 2 * channels * places, "All places of a channel share one."),
        Mistake("counted none", 0, "Batch norm does learn: numbers for every channel."),
    ]


def of_macs(node: Node) -> list[Mistake]:
    """Mistakes about the number of multiply-accumulates."""
    facts = _filters(node)
    if facts is None:
        return []
    bias = replace(facts, has_bias=True).count
    places = prod(node.output_shape[1:])
    facts = replace(facts, has_bias=False, places=places)
    forgot = "Those are the parameters: each is used at every place of the output."
    alone = [Mistake("forgot the places", bias, forgot)] if places > 1 else []
    return [*_changed(facts, _mac_changes(node, facts)), *alone]


def _filters(node: Node) -> Filters | None:
    module: Any = node.module
    if node.type.role == "linear":
        ends = module.in_features, module.out_features
        return Filters(*ends, (1, 1), 1, module.bias is not None)
    if node.type.role == "convolution":
        ends = module.in_channels, module.out_channels
        return Filters(*ends, pair(module.kernel_size), module.groups, module.bias is not None)
    return None


def _filter_changes(facts: Filters) -> Changes:
    """Mistakes that parameters and MACs share."""
    each = facts.in_channels // facts.groups
    return {
        "forgot groups": (
            {"groups": 1},
            "Look at the groups: a filter sees only the channels of its own group.",
        ),
        "forgot the input channels": (
            {"in_channels": facts.groups},
            "A filter is as deep as its input: it has weights for every channel that it sees.",
        ),
        "forgot the filters": (
            {"out_channels": 1},
            "That is one filter; each output channel has its own.",
        ),
        "divided by groups twice": (
            {"in_channels": each},
            "The groups share out the input channels once, not twice.",
        ),
        "took one side of the kernel": (
            {"kernel": (1, facts.kernel[1])},
            "A kernel has a height and a width: multiply both.",
        ),
    }


def _param_changes(facts: Filters) -> Changes:
    bias = (
        ("forgot the bias", "The bias is missing: one number for every output channel.")
        if facts.has_bias
        else ("counted a bias", "This layer has no bias.")
    )
    return {bias[0]: ({"has_bias": not facts.has_bias}, bias[1])} | dict(_filter_changes(facts))


def _mac_changes(node: Node, facts: Filters) -> Changes:
    own: dict[str, tuple[dict[str, Any], str]] = {
        "counted FLOPs": (
            {"operations": 2},
            "Those are FLOPs: a multiplication and an addition are one multiply-accumulate.",
        ),
        "forgot the places": (
            {"places": 1},
            "That is one place of the output: the filters are applied at all H x W of them.",
        ),
        "counted the bias": ({"has_bias": True}, "Adding the bias is not counted."),
    }
    slid = sides(node)
    if slid:
        own["used the input's size"] = (
            {"places": prod(side.size for side in slid)},
            "The size of the output counts, not that of the input: look at stride and padding.",
        )
        own["took one side of the map"] = (
            {"places": slid[1].output},
            "A map has a height and a width: multiply both.",
        )
    return own | dict(_filter_changes(facts))


def _changed(facts: Filters, changes: Changes) -> list[Mistake]:
    """Each mistake alone, then every two of them together."""
    changed = [
        Mistake(name, replace(facts, **change).count, sentence)
        for name, (change, sentence) in changes.items()
    ]
    for (first, (one, why)), (second, (other, because)) in combinations(changes.items(), 2):
        if not one.keys() & other.keys() and replace(facts, **one) != facts != replace(
            facts, **other
        ):
            count = replace(facts, **one, **other).count
            changed.append(
                Mistake(f"{first} and {second}", count, f"Two steps: {why} {because}", 2)
            )
    return changed
