"""A product factor by factor, as boxes in a row that breaks where the screen ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnviz.figures.templates import render
from cnnviz.figures.theme import CATEGORIES

SLOPE, WEIGHT = CATEGORIES[0], CATEGORIES[1]


@dataclass(frozen=True)
class Factor:
    """A factor of the product.

    Attributes:
        name: What it is.
        value: As it is written.
        is_slope: A derivative, or else a weight; they have different colours.
    """

    name: str
    value: str
    is_slope: bool


def factor_strip(factors: Sequence[Factor], product: str, title: str) -> str:
    """HTML of the factors with their signs, and the product at the end.

    Args:
        factors: At least one.
        product: As it is written.
        title: What it shows, for those who do not see it.
    """
    values = {"factors": factors, "product": product, "title": title}
    return render("factors", slope=SLOPE, weight=WEIGHT, **values)
