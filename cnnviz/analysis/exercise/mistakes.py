"""Common mistakes about a layer's numbers, each with the value that it gives."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from cnnviz.analysis.exercise.miscounts import Mistake, of_macs, of_params
from cnnviz.analysis.formulas.arithmetic import Formula
from cnnviz.analysis.formulas.side import sides
from cnnviz.analysis.kinds.window import Side
from cnnviz.analysis.node import Node, Shape
from cnnviz.analysis.receptive_field import ReceptiveField, window

__all__ = ["Mistake", "mistakes"]

# Other numbers of a layer that one may confuse with the right one.
COUNTS = ("params", "macs", "activations")


def mistakes(
    node: Node, right: Formula, others: Iterable[Formula], inputs: Sequence[ReceptiveField]
) -> tuple[Mistake, ...]:
    """The mistakes about one number of a layer, the likeliest first, without those that are right.

    Args:
        node: The layer.
        right: The number.
        others: The layer's other numbers, which one may take for it.
        inputs: Receptive fields of what the layer reads.
    """
    named = {
        "output_shape": _of_shape,
        "params": of_params,
        "macs": of_macs,
        "receptive_field": lambda node: _of_field(node, inputs),
    }[right.quantity](node)
    by_value: dict[int | float | Shape, Mistake] = {}
    for mistake in sorted(named, key=lambda mistake: mistake.steps):
        by_value[mistake.value] = _either(by_value.get(mistake.value), mistake)
    for other in others:
        if right.quantity != "output_shape" and other.quantity in COUNTS and other.value:
            why = f"That is another number: {other.title}."
            by_value.setdefault(other.value, Mistake(f"gave {other.title}", other.value, why))
    by_value.pop(right.value, None)
    return tuple(by_value.values())


def _either(first: Mistake | None, second: Mistake) -> Mistake:
    """The mistake that gives a value; both of them, where two single steps give the same."""
    if first is None:
        return second
    if second.steps > 1 or " Or: " in first.sentence or first.sentence == second.sentence:
        return first
    name, sentence = f"{first.name} or {second.name}", f"{first.sentence} Or: {second.sentence}"
    return Mistake(name, first.value, sentence)


def _of_shape(node: Node) -> list[Mistake]:
    slid, shape = sides(node), node.output_shape
    before = node.input_shapes[0]
    wrong = _of_sides(shape[0], slid) if slid else []
    if node.type.role == "convolution":
        why = "Each filter makes one channel: count the filters."
        wrong.append(Mistake("kept the channels", (before[0], *shape[1:]), why))
    if node.kind == "concatenation":
        why = "Concatenation stacks the maps: add their channels."
        tops = {max(s[0] for s in node.input_shapes), before[0], len(node.inputs) * before[0]}
        wrong += [Mistake("kept the channels", (c, *shape[1:]), why) for c in sorted(tops)]
    elif len(node.inputs) > 1:
        why = "Only concatenation adds the channels; this adds number to number."
        total = sum(s[0] for s in node.input_shapes)
        wrong.append(Mistake("added the channels", (total, *shape[1:]), why))
    if len(shape) < len(before):
        why = "Every number of the map is kept: multiply channels, height and width."
        parts = (before[:1], before[1:], before[:2])
        wrong += [Mistake("forgot a factor", (prod(part),), why) for part in parts]
    return [*wrong, Mistake("gave the input", before, "That is the shape of the input.")]


def _of_sides(channels: int, slid: tuple[Side, Side]) -> list[Mistake]:
    wrong = []
    for name, sentence in SIDE_SENTENCES.items():
        height, width = (_wrong_side(name, side).output for side in slid)
        if height > 0 and width > 0:
            wrong.append(Mistake(name, (channels, height, width), sentence))
    return wrong


SIDE_SENTENCES = {
    "forgot to round": "Look at the rounding: down, except in ceil mode.",
    "forgot the padding": "The padding is missing.",
    "padded once": "Padding is added on both sides: 2P.",
    "forgot the stride": "The stride is missing: divide by it.",
    "forgot to add one": "The window's first position counts too: + 1 at the end.",
    "forgot the kernel": "The kernel is missing: the window must fit into the padded input.",
    "forgot the dilation": "The dilation is missing: it spreads the kernel.",
}


def _wrong_side(name: str, side: Side) -> Side:
    """The side as it would be with one mistake."""
    changes: dict[str, dict[str, Any]] = {
        "forgot to round": {"rounds_up": not side.rounds_up},
        "forgot the padding": {"padding": 0},
        "padded once": {"size": side.size - side.padding},
        "forgot the stride": {"stride": 1},
        "forgot to add one": {"size": side.size - side.stride},
        "forgot the kernel": {"size": side.size + side.kernel_size},
        "forgot the dilation": {"dilation": 1},
    }
    return replace(side, **changes[name])


def _of_field(node: Node, inputs: Sequence[ReceptiveField]) -> list[Mistake]:
    sizes = [field.size for field in inputs]
    if len(inputs) > 1:
        why = "Paths run side by side: the widest decides, their fields do not add up."
        return [
            Mistake("added the fields", sum(sizes), why),
            Mistake("took the narrowest", min(sizes), "Some path sees more."),
            Mistake("took the first", sizes[0], "Look at all paths."),
        ]
    slid, seen, jump = window(node), sizes[0], inputs[0].jump
    steps = slid.dilation * (slid.kernel_size - 1)
    once = "Neighbours in the kernel are j_in pixels apart in the image, not one."
    return [
        Mistake("gave the kernel alone", slid.kernel_size, "Its input sees more than one pixel."),
        Mistake("forgot the jump", seen + steps, once),
        Mistake(
            "did not subtract one",
            seen + slid.dilation * slid.kernel_size * jump,
            "A kernel of F makes F - 1 steps from its first to its last number.",
        ),
        Mistake(
            "took the jump of the output",
            seen + steps * jump * slid.stride,
            "This layer's own stride counts only from the next layer on: take j_in.",
        ),
        Mistake("took the stride for the jump", seen + steps * slid.stride, once),
        Mistake("multiplied", seen * slid.kernel_size, "The field grows by a sum, no factor."),
        Mistake("gave the input", seen, "That is what the input sees; the kernel adds to it."),
    ]
