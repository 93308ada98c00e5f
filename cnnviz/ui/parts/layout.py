"""How pages are laid out: sections of which one is shown, and columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from cnnviz.ui.parts.address import Key
from cnnviz.ui.parts.choices import choose_labelled


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes:
        show: Draws it.
        question: The heading while it is shown.
        label: On its button; else its name in the address, capitalised.
    """

    show: Callable[..., object]
    question: str = ""
    label: str = ""


def choose_section(
    label: str, sections: Mapping[str, Section], key: Key, is_labelled: bool = True
) -> Section:
    """A row of buttons, one for each part by its name; for the rest see ``choose_labelled``."""
    labels = {name: each.label or name.capitalize() for name, each in sections.items()}
    return sections[choose_labelled(label, labels, key, is_labelled=is_labelled)]


def in_columns(
    *draw: Callable[[], Any], widths: Sequence[float] | None = None, **options: Any
) -> list[Any]:
    """Draw each part in a column of its own, and return what they return.

    Args:
        *draw: From left to right.
        widths: Of the columns relative to each other; default all the same.
        **options: What else Streamlit's columns take.
    """
    drawn = []
    for column, each in zip(st.columns(widths or len(draw), **options), draw, strict=True):
        with column:
            drawn.append(each())
    return drawn
