"""Marks a student's answer: right, or which step went wrong; and the score."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from cnnviz.analysis.exercise import Question
from cnnviz.analysis.formulas.arithmetic import value_text
from cnnviz.analysis.node import Shape

TRIES = 2  # wrong answers, after which the solution is shown
LONGEST = 100  # characters that are read
SCALES = {"k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
WHOLE = r"\d{1,3}(?:[,' _]\d{3})+|\d+"
NUMBER = re.compile(
    rf"(?P<whole>{WHOLE})(?:\.(?P<decimals>\d*))?\s*(?:e\+?(?P<power>\d{{1,2}}))?\s*(?P<scale>[kmgbt])?"
    r"\s*(?:px|pixels?|params?|parameters?|macs?|flops?|numbers?|bytes)?\.?"
)
HOW_TO_WRITE = "Write one number, such as 1728, 1,728 or 1.73k."
HOW_TO_WRITE_SHAPE = "Write three whole numbers, channels first, such as 64 x 112 x 112."


@dataclass(frozen=True)
class Verdict:
    """The feedback on one answer.

    Attributes:
        right: Whether it is the number.
        sentence: What to tell the student.
        counts: Whether it was a try: what cannot be read is none.
    """

    right: bool
    sentence: str
    counts: bool = True


@dataclass(frozen=True)
class Score:
    """The score of a question set.

    Attributes:
        right: Answered right.
        at_first: Answered right at the first try.
        closed: Answered right, or wrong too often.
        total: All.
    """

    right: int
    at_first: int
    closed: int
    total: int

    def __str__(self) -> str:
        return f"{self.right} of {self.total}, {self.at_first} at first try"


@dataclass(frozen=True)
class Written:
    """A number as it was written: 118.0 M is 118,000,000 in steps of 100,000.

    Attributes:
        value: What it says.
        step: The difference to the next number that one could write so; 0 if it is meant exactly.
        has_unit: Whether it has k, M, G, T or a power of ten.
    """

    value: Fraction
    step: Fraction
    has_unit: bool = False

    def means(self, value: float) -> bool:
        """Whether a value, rounded as this number was, equals this number."""
        return abs(Fraction(value) - self.value) <= self.step / 2


def verdict(question: Question, written: str) -> Verdict:
    """The verdict on what a student typed.

    A count with k, M, G or T, or with three digits that are not 0, is right if the exact number
    rounds to it. Shapes and receptive fields are exact.
    """
    text = unicodedata.normalize("NFKC", written[:LONGEST]).strip().lower()
    right = question.formula.value
    if isinstance(right, tuple):
        return _of_shape(question, right, text)
    if question.quantity == "receptive_field":
        text = re.sub(r"^(\d+)\s*[x\u00d7*]\s*\1(?!\d)", r"\1", text)
    number = _number(text)
    if number is None:
        return Verdict(False, HOW_TO_WRITE, counts=False)
    if question.quantity == "receptive_field":
        number = Written(number.value, Fraction(0))
    elif number.value.denominator > 1 and not number.has_unit:
        return Verdict(False, f"A count is a whole number. {HOW_TO_WRITE}", counts=False)
    if number.value != right and number.step > number.value / 10:
        return Verdict(False, "One digit tells too little: give at least two.", counts=False)
    return _of_number(question, number, right)


def tries(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts that count: on what could be read, until the question is closed."""
    counted = [verdict for verdict in verdicts if verdict.counts][:TRIES]
    return counted[:1] if counted and counted[0].right else counted


def is_closed(verdicts: Sequence[Verdict]) -> bool:
    """Whether a question is done: answered right, or wrong twice."""
    counted = tries(verdicts)
    return len(counted) >= TRIES or any(verdict.right for verdict in counted)


def score(sheet: Sequence[Sequence[Verdict]]) -> Score:
    """The score of a sheet, from the verdicts on each question's answers in their order."""
    counted = [tries(verdicts) for verdicts in sheet]
    return Score(
        right=sum(any(verdict.right for verdict in verdicts) for verdicts in counted),
        at_first=sum(bool(verdicts) and verdicts[0].right for verdicts in counted),
        closed=sum(is_closed(verdicts) for verdicts in counted),
        total=len(counted),
    )


def _of_number(question: Question, number: Written, right: float) -> Verdict:
    # All digits of a mistake are that mistake, even if the number also rounds to them.
    is_mistake = not number.has_unit and number.value in {m.value for m in question.mistakes}
    if number.means(right) and not is_mistake:
        exactly = "" if number.value == right else f" Exactly: {value_text(right)}."
        return Verdict(True, f"Right.{exactly}")
    for mistake in question.mistakes:
        if not isinstance(mistake.value, tuple) and number.means(mistake.value):
            return Verdict(False, mistake.sentence)
    return Verdict(False, _hint(question))


def _of_shape(question: Question, right: Shape, text: str) -> Verdict:
    shape = _shape(text, len(right))
    if not shape:
        how = HOW_TO_WRITE if len(right) == 1 else HOW_TO_WRITE_SHAPE
        return Verdict(False, how, counts=False)
    if len(shape) != len(right):
        return Verdict(False, _what_is_missing(len(shape), len(right)), counts=False)
    if shape == right:
        return Verdict(True, "Right.")
    for mistake in question.mistakes:
        if mistake.value == shape:
            return Verdict(False, mistake.sentence)
    if sorted(shape) == sorted(right):
        return Verdict(False, "The numbers are right, their order is not: channels come first.")
    if len(right) == 3 and shape[1:] == right[1:]:
        return Verdict(False, "Height and width are right; the channels are not.")
    if len(right) == 3 and shape[0] == right[0]:
        return Verdict(False, f"The channels are right, the sides are not. {_hint(question)}")
    return Verdict(False, _hint(question))


def _what_is_missing(given: int, needed: int) -> str:
    if needed == 1:
        return "It makes one row of numbers: multiply them."
    if given > needed:
        return "Leave out the number of images: give channels, height and width."
    return "A shape is three numbers: channels, height and width. Give all of them."


def _hint(question: Question) -> str:
    """The formula, without this layer's numbers."""
    if question.formula.value == 0:
        return "Not quite: what could this layer learn?"
    return f"Not quite. {question.formula.title}: {question.formula.general}."


def _number(text: str) -> Written | None:
    """A number with its precision, or None if there is none to read."""
    match = NUMBER.fullmatch(text)
    if not match:
        return None
    whole, decimals = re.sub(r"\D", "", match["whole"]), match["decimals"] or ""
    scale = SCALES.get(match["scale"] or "", 1) * 10 ** int(match["power"] or 0)
    value = Fraction(int(whole + decimals) * scale, 10 ** len(decimals))
    if scale > 1:
        return Written(value, Fraction(scale, 10 ** len(decimals)), has_unit=True)
    digits = whole.strip("0")
    zeros = len(whole) - len(whole.rstrip("0"))
    is_rounded = zeros > 0 and len(digits) >= 3 and not decimals
    return Written(value, Fraction(10**zeros if is_rounded else 0))


def _shape(text: str, length: int) -> Shape:
    """The numbers of a shape; () if they cannot be read."""
    number = _number(text)
    if length == 1 and number and number.value.denominator == 1:
        return (int(number.value),)
    text = re.sub(r"[\u00d7\u00b7*]", "x", text).strip("()[]{} .")
    between = r"\s*x\s*" if "x" in text else r"[,;\s]+"
    parts = re.split(between, text)
    if not all(re.fullmatch(WHOLE, part) for part in parts):
        return ()
    return tuple(int(re.sub(r"\D", "", part)) for part in parts)
