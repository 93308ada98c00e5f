"""A number of a layer with its formula, and how the numbers in formulas are written."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from cnnviz.analysis.node import Shape, shape_text

# Title and unit of the numbers of a layer.
QUANTITIES = {
    "output_shape": ("Output shape", ""),
    "params": ("Parameters", "parameters"),
    "macs": ("MACs", "MACs"),
    "activations": ("Activations", "numbers"),
    "memory": ("Memory", "bytes"),
    "receptive_field": ("Receptive field", "px"),
    "jump": ("Jump", "px"),
}


@dataclass(frozen=True)
class Formula:
    """One number of a layer with its formula.

    Attributes:
        quantity: The column of the layer table that it explains; a key of ``QUANTITIES``.
        general: The formula in the field's symbols.
        numbers: The formula with this layer's values, an equation a line, with x for times: "height
            and width: (224 + 2x3 - 7) / 2 + 1 = 112.5, rounded down to 112". Right as written.
        value: The result, as in the layer table.
        note: What else there is to say, in sentences.
    """

    quantity: str
    general: str
    numbers: str
    value: int | float | Shape
    note: str = ""

    @property
    def title(self) -> str:
        """The quantity's name on screen."""
        return QUANTITIES[self.quantity][0]

    @property
    def unit(self) -> str:
        """Of the value; empty for a shape."""
        return QUANTITIES[self.quantity][1]

    def to_json(self) -> dict[str, Any]:
        """The formula in plain numbers and texts."""
        return {**asdict(self), "title": self.title, "unit": self.unit}

    @property
    def result(self) -> str:
        """The value with its unit: "64 x 112 x 112", "9,408 parameters"."""
        return f"{value_text(self.value)} {self.unit}".strip()


def value_text(value: int | float | Shape) -> str:
    """A shape as "64 x 56 x 56", a count as "9,408", any other number as "36.57..."."""
    if isinstance(value, tuple):
        return shape_text(value) if len(value) > 1 else product(value)
    return decimal(fraction(value))


def product(factors: Sequence[int]) -> str:
    """Factors as people multiply them: "64 x 3 x 7 x 7"."""
    return " x ".join(f"{factor:,}" for factor in factors)


def total(terms: Iterable[int]) -> str:
    """A sum in which neighbours that are equal are multiplied: "64 + 6 x 32"."""
    runs = [(term, len(list(run))) for term, run in groupby(terms)]
    return " + ".join(f"{term:,}" if times == 1 else f"{times} x {term:,}" for term, times in runs)


def fraction(value: float) -> Fraction:
    """The fraction that a float stands for: 36.571428... is 256/7."""
    return Fraction(value).limit_denominator(10_000)


def exact(value: float) -> str:
    """A number as it enters a calculation: "1,024", and "(256/7)" where it is not whole."""
    whole = fraction(value)
    return f"{whole.numerator:,}" if whole.denominator == 1 else f"({whole})"


def decimal(value: Fraction) -> str:
    """A number as a calculator shows it: "112", "112.5", "8.33..." where it does not end."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    ends = 10**4 % value.denominator == 0
    return f"{float(value):,.10g}" if ends else f"{int(value * 100) / 100:,.2f}..."


def listed(shapes: Sequence[Shape]) -> str:
    """Shapes of several inputs: "64 x 56 x 56 and 6 times 32 x 56 x 56"."""
    runs = [(shape_text(shape), len(list(run))) for shape, run in groupby(shapes)]
    return enumeration([text if times == 1 else f"{times} times {text}" for text, times in runs])


def enumeration(texts: Sequence[str]) -> str:
    """Texts as in a sentence: "11, 19 and 43"."""
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))
