"""Editable cells for the numbers of a text; see number_cells.js."""

from typing import Any

import streamlit as st

from cnnviz.lab.grid import grid, written_number
from cnnviz.ui.lab.controls import FILTERS, change_number, refused, say_problem
from cnnviz.ui.parts.drawing import component

_component = component(
    __file__, '<div class="cells"></div>', "number_tables.css", "number_tables.js"
)


def show_cells(key: str, title: str, channel: str = "channel", colour: str = "") -> None:
    """Draw the numbers of a text of ``write_text`` as cells; a change is written into it.

    An emptied text has no cells.

    Args:
        key: Of the text, which is a grid or several of one size.
        title: What the numbers are.
        channel: What one of several grids is called, before its number.
        colour: "#rrggbb" of a bar above each grid.

    Raises:
        ValueError: The text is no grid.
    """
    cells = f"{key}_cells"
    if not st.session_state[key].strip():
        return
    _component(
        key=cells,
        data={"maps": _maps(key, title, channel), "colour": colour, "refused": refused()},
        height="content",
        on_edited_change=lambda: change_number(key, dict(st.session_state[cells].edited or {})),
    )
    st.session_state.pop("lab_changed", None)
    say_problem()


def _maps(key: str, title: str, channel: str) -> list[dict[str, Any]]:
    filters = [grid(part, title) for part in st.session_state[key].split(FILTERS)]
    count = sum(map(len, filters))
    maps: list[dict[str, Any]] = []
    for number, numbers in enumerate(filters):
        for index, rows in enumerate(numbers.tolist()):
            name = f"{title}, {channel} {len(maps) + 1}" if count > 1 else title
            texts = [[written_number(value) for value in row] for row in rows]
            part = {"filter": number, "channel": index}
            maps.append({"title": name, "numbers": texts, "shows": True, "part": part})
    return maps
