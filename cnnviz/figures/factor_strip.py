"""A product factor by factor, as boxes in a row that breaks where the screen ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from cnnviz.figures.theme import CATEGORIES

SLOPE, WEIGHT = CATEGORIES[0], CATEGORIES[1]
BOX = (
    '<div style="border:1px solid rgba(128,128,128,0.5);border-top:4px solid {colour};'
    'border-radius:6px;padding:4px 10px;text-align:center;min-width:64px">'
    '<div style="font-size:0.85rem;opacity:0.8">{name}</div>'
    '<div style="font-size:1.15rem;font-weight:600">{value}</div></div>'
)
SIGN = '<div style="align-self:center;font-size:1.15rem">{sign}</div>'
ROW = '<div style="display:flex;flex-wrap:wrap;gap:8px;align-items:stretch">{row}</div>'


@dataclass(frozen=True)
class Factor:
    """A box.

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
    boxes = (
        BOX.format(
            colour=SLOPE if factor.is_slope else WEIGHT,
            name=escape(factor.name),
            value=escape(factor.value),
        )
        for factor in factors
    )
    row = SIGN.format(sign="×").join(boxes)  # noqa: RUF001
    row += SIGN.format(sign="=")
    row += BOX.format(colour="currentColor", name="product", value=escape(product))
    return f'<div role="img" aria-label="{escape(title)}">{ROW.format(row=row)}</div>'
