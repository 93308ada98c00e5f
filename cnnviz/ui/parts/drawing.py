"""Drawings and charts on a page: drawings whose parts can be clicked, and charts of curves.

What can be clicked pans and zooms in the browser. ``st.html`` takes no SVG, and in ``st.image`` it
would not know the theme's text colour.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from cnnviz.figures.training.curves import (
    COLOURS,
    DASHES,
    ZOOM,
    Axis,
    Curve,
    Lines,
    curve_chart,
    curve_table,
)

BUTTONS = Path(__file__).with_name("buttons.css")


def component(source: str, html: str, *before: str) -> Any:
    """A component of Streamlit's, with the .css and the .js file beside a module.

    Its buttons look like all others.

    Args:
        source: The module's file.
        html: What it shows at first.
        *before: Other such files in the module's folder, which come first.
    """
    path = Path(source)
    own = map(path.with_suffix, (".css", ".js"))
    files = [BUTTONS, *(path.parent / name for name in before), *own]
    css, js = (
        "\n".join(file.read_text() for file in files if file.suffix == end)
        for end in (".css", ".js")
    )
    return st.components.v2.component(f"cnnviz_{path.stem}", html=html, css=css, js=js)


HTML = """
<div class="zoom">
  <button class="smaller" title="Smaller" aria-label="Smaller">&minus;</button>
  <button class="fit" title="Fit the width" aria-label="Fit the width">fit</button>
  <button class="larger" title="Larger" aria-label="Larger">+</button>
</div>
<div class="picture"></div>
"""

STILL_JS = """
export default function ({ data, parentElement }) {
  parentElement.querySelector(".drawing").innerHTML = data.svg;
}
"""
STILL_CSS = """
.drawing { color: var(--st-text-color); }
.drawing svg { display: block; max-width: 620px; }
"""

_clickable = component(__file__, HTML)
_still = st.components.v2.component(
    "cnnviz_still", html='<div class="drawing">\n</div>', css=STILL_CSS, js=STILL_JS
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
    _clickable(
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


def show_drawing(svg: str, key: str) -> None:
    """Draw an SVG as wide as it wants to be.

    Args:
        svg: With text in ``currentColor``.
        key: Of the element, unique on the page.
    """
    _still(key=key, data={"svg": svg}, height="content")


def chart_points(table: pd.DataFrame) -> pa.Table:
    """The points of ``figures.curves.curve_table`` as the browser gets them."""
    return pa.Table.from_pandas(table, preserve_index=False)


@st.cache_resource(max_entries=128, show_spinner=False)
def shared_points(key: Hashable, _curves: Callable[[], Iterable[Curve]]) -> pa.Table:
    """The points of curves of that key; all who look at the same curves share them."""
    return chart_points(curve_table(_curves()))


def show_lines(
    lines: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    axis: Axis,
    across: str,
    key: str,
    alt: str,
) -> None:
    """Draw named lines in colours of their own.

    Args:
        lines: Where each was measured, rising, and what was measured there.
        axis: The vertical axis; its title is the chart's.
        across: Title of the horizontal axis.
        key: Of the element, unique on the page.
        alt: What it shows, for those who do not see it.
    """
    colour = Lines("part", dict(zip(lines, COLOURS, strict=False)))
    dash = Lines("run", {"": DASHES[0]}, has_legend=False)
    table = curve_table([Curve("", name, *points) for name, points in lines.items()])
    show_curve_chart(chart_points(table), curve_chart(colour, dash, axis, across), key, alt)


def show_curve_chart(points: pa.Table, chart: dict[str, Any], key: str, alt: str) -> None:
    """Draw a chart as wide as its place.

    Args:
        points: Of ``chart_points``.
        chart: Of ``figures.curves.curve_chart``.
        key: Of the element, unique on the page.
        alt: What it shows, for those who do not see it.
    """
    st.vega_lite_chart(
        points,
        chart,
        key=key,
        on_select="rerun",
        selection_mode=[ZOOM],
        width="stretch",
        alt=alt,
    )
