"""A drawing whose parts can be clicked; it pans and zooms in the browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

HTML = """
<div class="zoom">
  <button class="smaller" title="Smaller" aria-label="Smaller">&minus;</button>
  <button class="fit" title="Fit the width" aria-label="Fit the width">fit</button>
  <button class="larger" title="Larger" aria-label="Larger">+</button>
</div>
<div class="picture"></div>
"""

_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "cnnviz_picture",
    html=HTML,
    css=(_FOLDER / "clickable.css").read_text(),
    js=(_FOLDER / "clickable.js").read_text(),
)


def clickable(
    svg: str,
    name: str,
    selected: str,
    height: int,
    key: str,
    on_click: Callable[[], Any],
    legible: float = 0.85,
) -> None:
    """Draw an SVG; what was clicked is in ``clicked(key)`` while ``on_click`` runs.

    Args:
        svg: The drawing; its parts carry ``data-select`` or ``data-toggle``.
        name: What is drawn; another name starts at the drawing's beginning, at a legible size.
        selected: What is selected; another one is scrolled into view.
        height: Of the window on the drawing, in pixels, at most.
        key: Of the component.
        on_click: Called before the page runs again.
        legible: The least zoom at first; a drawing that is wider then is panned.
    """
    _component(
        key=key,
        data={
            "svg": svg,
            "name": name,
            "selected": selected,
            "height": height,
            "legible": legible,
        },
        height="content",
        on_clicked_change=on_click,
    )


def clicked(key: str) -> dict[str, str]:
    """What was clicked: {"select": path of a layer or block} or {"toggle": path of a block}."""
    return dict(st.session_state[key].clicked or {})
