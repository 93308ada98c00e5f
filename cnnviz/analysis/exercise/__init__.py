"""The quiz: questions about a network's layers, drawn by a seed."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cnnviz.analysis import counting
from cnnviz.analysis.exercise.givens import givens
from cnnviz.analysis.exercise.mistakes import Mistake, mistakes
from cnnviz.analysis.formulas import formulas
from cnnviz.analysis.formulas.arithmetic import Formula
from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.node import Node
from cnnviz.analysis.receptive_field import ReceptiveField, receptive_fields, window

QUANTITIES = ("output_shape", "params", "macs", "receptive_field")
# The weight of a kind of layer among the questions; others are 1.
WEIGHTS = {"convolution": 4, "linear": 2, "concatenation": 2, "pooling": 0.7}

Eligible = Callable[[Node, str, list[ReceptiveField]], bool]


@dataclass(frozen=True)
class Question:
    """A number of a layer to predict.

    Attributes:
        position: Of the layer in ``graph.nodes``.
        name: The layer's module path.
        quantity: One of ``QUANTITIES``.
        givens: All that one needs to know, and the question itself.
        formula: The solution.
        mistakes: Wrong values that tell which step went wrong.
    """

    position: int
    name: str
    quantity: str
    givens: str
    formula: Formula
    mistakes: tuple[Mistake, ...]

    @property
    def text(self) -> str:
        """The layer and the question: "stem.conv: 7x7 convolution, 64 filters, ..."."""
        return f"{self.name}: {self.givens}"


def questions(
    graph: NetworkGraph, seed: int, count: int = 10, quantities: Sequence[str] = QUANTITIES
) -> list[Question]:
    """A sheet of questions in the order of the layers; the same for the same seed everywhere.

    Instructive layers come first: no ReLU or dropout while there is anything
    else. No two questions read the same, so that small networks give fewer.

    Args:
        graph: The network; auxiliary heads are left out.
        seed: Draws the sheet.
        count: How many questions.
        quantities: Some of ``QUANTITIES``.

    Raises:
        ValueError: A quantity is none of ``QUANTITIES``, or there is none.
    """
    if not quantities or not set(quantities) <= set(QUANTITIES):
        known = ", ".join(QUANTITIES)
        raise ValueError(f"quantities must be some of {known}; received {list(quantities)}.")
    sheet, by_text = _Sheet(graph), dict[str, Question]()
    for position, quantity in sheet.drawn(quantities, random.Random(seed)):
        text = givens(graph.nodes[position], quantity, sheet.read(position))
        if text not in by_text:
            by_text[text] = sheet.question(position, quantity, text)
        if len(by_text) == count:
            break
    return sorted(by_text.values(), key=lambda question: question.position)


class _Sheet:
    """A network to ask about."""

    def __init__(self, graph: NetworkGraph) -> None:
        self._graph, self._fields = graph, receptive_fields(graph)

    def read(self, position: int) -> list[ReceptiveField]:
        """Receptive fields of what a layer reads."""
        return [self._fields[index] for index in self._graph.nodes[position].inputs]

    def question(self, position: int, quantity: str, text: str) -> Question:
        """The question about a number of a layer, with its solution."""
        node = self._graph.nodes[position]
        answers = {each.quantity: each for each in formulas(self._graph, position, self._fields)}
        right = answers.pop(quantity)
        wrong = mistakes(node, right, answers.values(), self.read(position))
        return Question(position, node.name, quantity, text, right, wrong)

    def drawn(self, quantities: Sequence[str], draw: random.Random) -> Iterator[tuple[int, str]]:
        """Layers and what to ask of them: the quantities in turn, instructive layers first."""
        drawn: set[int] = set()
        for is_eligible in (_is_instructive, _is_possible):
            pools = [(q, self._by_kind(q, is_eligible), Counter[str]()) for q in quantities]
            while any(pool for _, pool, _ in pools):
                for quantity, pool, used in pools:
                    if pool:
                        position = _drawn_from(pool, used, drawn, draw)
                        drawn.add(position)
                        yield position, quantity

    def _by_kind(self, quantity: str, is_eligible: Eligible) -> dict[str, list[int]]:
        """Positions of the layers to ask about, by kind."""
        pool: dict[str, list[int]] = {}
        for position, node in enumerate(self._graph.nodes):
            usable = node.inputs and not node.training_only
            if usable and is_eligible(node, quantity, self.read(position)):
                kind = "pooling" if node.type.role == "pooling" else node.kind
                pool.setdefault(kind, []).append(position)
        return pool


def _drawn_from(
    pool: dict[str, list[int]], used: Counter[str], drawn: set[int], draw: random.Random
) -> int:
    """Take a layer out of a pool: a new one if there is any, of a kind that was seldom used."""
    order = {
        kind: (
            drawn.issuperset(positions),
            (used[kind] + 1) / WEIGHTS.get(kind, 1) * (0.5 + draw.random()),
        )
        for kind, positions in pool.items()
    }
    kind = min(order, key=lambda kind: order[kind])
    used[kind] += 1
    new = [position for position in pool[kind] if position not in drawn] or pool[kind]
    # random() is the same on every machine and version of Python; choice() need not be.
    position = new[int(draw.random() * len(new))]
    pool[kind].remove(position)
    if not pool[kind]:
        del pool[kind]
    return position


def _is_instructive(node: Node, quantity: str, inputs: list[ReceptiveField]) -> bool:
    """Whether predicting that number of the layer takes a thought, and can be done."""
    if quantity == "params":
        return counting.params(node) > 0 or node.type.role == "pooling"
    if quantity == "macs":
        return counting.macs(node) > 0
    if quantity == "output_shape":
        keeps = node.output_shape == node.input_shapes[0] and len(node.inputs) == 1
        is_convolution = node.type.role == "convolution"
        return _is_possible(node, quantity, inputs) and (is_convolution or not keeps)
    return _is_possible(node, quantity, inputs) and (
        window(node).kernel_size > 1 or len({field.size for field in inputs}) > 1
    )


def _is_possible(node: Node, quantity: str, inputs: list[ReceptiveField]) -> bool:
    """Whether the givens are enough to predict that number of the layer."""
    if quantity == "params":
        return True
    if quantity == "macs":
        return False
    is_map = len(node.output_shape) == 3
    if quantity == "output_shape":
        return is_map or len(node.input_shapes[0]) == 3
    # Fields of one centre and whole pixels: the widest holds the others.
    widest = max(inputs, key=lambda field: field.size)
    holds = all(widest.first <= f.first and f.last <= widest.last for f in inputs)
    return is_map and holds and float(widest.jump).is_integer()
