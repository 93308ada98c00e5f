"""A layer's numbers with their formulas, legible at the back of a room and on a phone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

import streamlit as st

from cnnviz.analysis.formulas import Formula
from cnnviz.figures.theme import bytes_text, count_text

# What a teacher can hide, and the quantities and columns of the layer table that would tell it.
HIDES: dict[str, frozenset[str]] = {
    "output": frozenset({"output", "output_shape", "input", "activations", "memory", "macs"}),
    "params": frozenset({"params", "params_share", "memory"}),
    "macs": frozenset({"macs", "macs_share"}),
    "receptive_field": frozenset({"receptive_field", "start"}),
}
# A count above this is said again in four digits and a unit.
LONG = 100_000

GREY = "rgba(128,128,128,{opacity})"
GRID = "display:grid;gap:12px;grid-template-columns:repeat(auto-fit,minmax(min(100%,290px),1fr))"
CARD = (
    f"border:1px solid {GREY.format(opacity=0.35)};border-radius:8px;padding:12px 16px;"
    "min-width:0;overflow-wrap:anywhere"
)
CODE = (
    "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:1.05rem;"
    f"background:{GREY.format(opacity=0.14)};border-radius:6px;padding:4px 10px;margin-top:6px;"
    "white-space:pre-wrap;overflow-wrap:anywhere"
)
SMALL = "font-size:0.95rem;margin-top:6px"


def concealed(hidden: Collection[str]) -> frozenset[str]:
    """Quantities and columns of the layer table that would tell what a teacher hides.

    Args:
        hidden: Keys of ``HIDES``; others hide nothing.
    """
    return frozenset().union(*(HIDES.get(name, frozenset()) for name in hidden))


def show_formulas(formulas: Sequence[Formula], hidden: Collection[str] = ()) -> None:
    """Draw each quantity with its result, its numbers, its law and a note.

    Args:
        formulas: Of one layer.
        hidden: What the teacher hides; of these quantities only the law is shown.
    """
    st.html(formula_cards(formulas, hidden))


def formula_cards(formulas: Sequence[Formula], hidden: Collection[str] = ()) -> str:
    """The HTML of ``show_formulas``."""
    unsaid = concealed(hidden)
    cards = (_card(formula, is_hidden=formula.quantity in unsaid) for formula in formulas)
    return f'<div style="{GRID}">{"".join(cards)}</div>'


def _card(formula: Formula, is_hidden: bool) -> str:
    law = f'<div style="{SMALL};opacity:0.8">Law: {escape(formula.general)}</div>'
    title = f'<div style="font-size:1rem;opacity:0.8">{escape(formula.title)}</div>'
    if is_hidden:
        return f'<div style="{CARD}">{title}{_result("hidden", "")}{law}</div>'
    lines = "".join(
        f'<div style="{CODE}">{escape(line)}</div>' for line in formula.numbers.split("\n")
    )
    note = f'<div style="{SMALL}">{escape(formula.note)}</div>' if formula.note else ""
    result = _result(formula.result, _in_short(formula))
    return f'<div style="{CARD}">{title}{result}{lines}{law}{note}</div>'


def _result(text: str, in_short: str) -> str:
    small = f' <span style="font-size:1.05rem;font-weight:400">{in_short}</span>' * bool(in_short)
    style = "font-size:1.6rem;font-weight:600;line-height:1.3"
    return f'<div style="{style}">{escape(text)}{small}</div>'


def _in_short(formula: Formula) -> str:
    """A long count again with four digits: "(118.0 M)"; "" for short ones and shapes."""
    value = formula.value
    if isinstance(value, tuple) or value < LONG:
        return ""
    return f"({bytes_text(value) if formula.unit == 'bytes' else count_text(value)})"
