"""A layer's numbers with their formulas, as HTML cards."""

from collections.abc import Collection, Sequence

import streamlit as st

from cnnviz.analysis.formulas import Formula
from cnnviz.figures.templates import render
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


def concealed(hidden: Collection[str]) -> frozenset[str]:
    """Quantities and columns of the layer table that would tell what a teacher hides.

    Args:
        hidden: Keys of ``HIDES``; others hide nothing.
    """
    return frozenset().union(*(HIDES.get(name, frozenset()) for name in hidden))


def show_formulas(formulas: Sequence[Formula], hidden: Collection[str] = ()) -> None:
    """Draw each quantity with its result, its numbers, its formula and a note.

    Args:
        formulas: Of one layer.
        hidden: What the teacher hides; of these quantities only the formula is shown.
    """
    st.html(formula_cards(formulas, hidden))


def formula_cards(formulas: Sequence[Formula], hidden: Collection[str] = ()) -> str:
    """The HTML of ``show_formulas``."""
    unsaid = concealed(hidden)
    cards = [
        {"formula": each, "in_short": _in_short(each), "is_hidden": each.quantity in unsaid}
        for each in formulas
    ]
    return render("formulas", cards=cards)


def _in_short(formula: Formula) -> str:
    """A long count again with four digits: "118.0 M"; "" for short ones and shapes."""
    value = formula.value
    if isinstance(value, tuple) or value < LONG:
        return ""
    return bytes_text(value) if formula.unit == "bytes" else count_text(value)
