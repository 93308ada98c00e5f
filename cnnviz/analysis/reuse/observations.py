"""Tests the observations of DenseNet's section 5 ("Feature Reuse") on one network.

Freshly drawn weights are alike whatever they read, so that some of the observations would seem to
hold before any training. So no observation is decided where the mean absolute weights of the
columns concerned differ by no more than chance would make them.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from cnnviz.analysis.reuse.matrices import Reader

# The readers of a dense block: its layers, then the transition or the classifier.
Block = Sequence[Reader]
Verdict = Literal["true", "false", "undecided"]
SURE = 5.0  # standard deviations of chi-square above its mean


@dataclass(frozen=True)
class Observation:
    """A statement about a network.

    Attributes:
        claim: What the paper observes.
        verdict: For this network.
        number: The number by which it is decided; None where there is nothing to measure.
        says: What the number is.
        rule: When it is true or false.
        is_beyond_chance: Whether the weights concerned differ by source more than by chance.
    """

    claim: str
    verdict: Verdict
    number: float | None
    says: str
    rule: str
    is_beyond_chance: bool

    @property
    def why(self) -> str:
        """Why it is undecided, as a sentence; empty where it is not."""
        if self.verdict != "undecided":
            return ""
        if self.number is None:
            return "This network has nothing to measure it by."
        if not self.is_beyond_chance:
            return "These weights vary across sources no more than random ones do."
        return "The number is between both limits."


@dataclass(frozen=True)
class _Question:
    """A claim with what measures it: number and columns concerned, and the limits of the rule."""

    claim: str
    says: str
    true_from: float
    false_below: float
    columns: Callable[[Sequence[Block]], list[Reader]]
    number: Callable[[Sequence[Block]], float]


def observations(blocks: Sequence[Block]) -> list[Observation]:
    """The paper's four observations with a network's numbers, from the mean absolute weights.

    Args:
        blocks: Of ``feature_reuse.block_readers``.
    """
    return [_answer(question, blocks) for question in _QUESTIONS]


def is_beyond_chance(readers: Sequence[Reader]) -> bool:
    """Whether the mean absolute weights of sources differ more than in freshly drawn weights.

    Chi-square: the sum over cells of ((mean of the slice - mean of the column) / (standard
    deviation of the column / sqrt(weights of the slice)))^2. For weights drawn alike its mean is
    the number f of cells less that of columns and its variance 2f; it must lie five standard
    deviations above.
    """
    total, freedom = 0.0, 0
    for reader in readers:
        weights = reader.weight.double().abs()
        deviation, mean = float(weights.std()), float(weights.mean())
        if deviation == 0:
            continue
        cells = [(float(part.double().abs().mean()), part.numel()) for part in reader.slices()]
        total += sum(count * ((value - mean) / deviation) ** 2 for value, count in cells)
        freedom += len(cells) - 1
    return freedom > 0 and total > freedom + SURE * math.sqrt(2 * freedom)


def _answer(question: _Question, blocks: Sequence[Block]) -> Observation:
    rule = (
        f"True from {question.true_from:g}, false below {question.false_below:g}, undecided "
        "between, and where the weights vary across sources no more than random ones do."
    )
    columns = question.columns(blocks)
    number = question.number(blocks) if columns else None
    beyond, verdict = is_beyond_chance(columns), _verdict(question, number)
    if not beyond:
        verdict = "undecided"
    return Observation(question.claim, verdict, number, question.says, rule, beyond)


def _verdict(question: _Question, number: float | None) -> Verdict:
    if number is None or question.false_below <= number < question.true_from:
        return "undecided"
    return "true" if number >= question.true_from else "false"


def _means(reader: Reader) -> list[float]:
    return [float(part.double().abs().mean()) for part in reader.slices()]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _ratio(upper: Sequence[float], lower: Sequence[float]) -> float:
    return _mean(upper) / max(_mean(lower), 1e-30)


def _deep(block: Block) -> list[Reader]:
    """The later half of a block's dense layers, where they read at least two sources."""
    layers = block[:-1]
    return [each for each in layers[len(layers) // 2 :] if len(each.sources) > 1]


def _early_by_late(blocks: Sequence[Block]) -> float:
    """Of the block where it is least: weight on the earlier half of the sources by the later."""

    def share(reader: Reader) -> float:
        means = _means(reader)
        return _ratio(means[: len(means) // 2], means[len(means) // 2 :])

    return min(_mean([share(each) for each in _deep(block)]) for block in blocks if _deep(block))


def _transitions(blocks: Sequence[Block]) -> list[Reader]:
    return [block[-1] for block in blocks[:-1]]


def _least_spread(blocks: Sequence[Block]) -> float:
    """Of the transition where it is least: sources in effect, (sum m)^2 / sum m^2, by sources."""

    def spread(values: list[float]) -> float:
        return sum(values) ** 2 / max(len(values) * sum(v * v for v in values), 1e-30)

    return min(spread(_means(each)) for each in _transitions(blocks))


def _behind_transitions(blocks: Sequence[Block]) -> list[Reader]:
    return [r for block in blocks[1:] for r in block[:-1] if len(r.sources) > 1]


def _least_on_input(blocks: Sequence[Block]) -> float:
    """The share of the layers behind a transition that read its output least of all."""
    readers = _behind_transitions(blocks)
    means = map(_means, readers)
    return sum(each[0] == min(each) for each in means) / len(readers)


def _last_by_rest(blocks: Sequence[Block]) -> float:
    """The classifier's weight on the last third of the sources by that on the others."""
    means = _means(blocks[-1][-1])
    last = max(1, len(means) // 3)
    return _ratio(means[-last:], means[:-last])


_QUESTIONS = (
    _Question(
        "Features of early layers are used throughout the block.",
        "mean absolute weight on the earlier half of the sources divided by that on the later "
        "half, in the later half of a block's layers; the block where it is least",
        0.5,
        0.25,
        lambda blocks: [reader for block in blocks for reader in _deep(block)],
        _early_by_late,
    ),
    _Question(
        "Transition layers spread their weight over all layers.",
        "share of the sources that count in effect, (sum m)² / (n sum m²); the transition where "
        "it is least",
        0.75,
        0.5,
        _transitions,
        _least_spread,
    ),
    _Question(
        "Layers behind a transition put least weight on its output.",
        "share of these layers in which no source has less weight than the block's input",
        0.75,
        0.5,
        _behind_transitions,
        _least_on_input,
    ),
    _Question(
        "The classifier concentrates on the last maps.",
        "mean absolute weight on the last third of the sources divided by that on the others",
        1.1,
        1.0,
        lambda blocks: [blocks[-1][-1]],
        _last_by_rest,
    ),
)
