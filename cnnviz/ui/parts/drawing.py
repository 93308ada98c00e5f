"""A drawing in the colours of the page, where nothing is clicked.

``st.html`` takes no SVG, and in ``st.image`` it would not know the theme's text colour.
"""

import streamlit as st

JS = """
export default function ({ data, parentElement }) {
  parentElement.querySelector(".drawing").innerHTML = data.svg;
}
"""
CSS = """
.drawing { color: var(--st-text-color); }
.drawing svg { display: block; max-width: 620px; }
"""
_component = st.components.v2.component(
    "cnnviz_drawing", html='<div class="drawing">\n</div>', css=CSS, js=JS
)


def show_drawing(svg: str, key: str) -> None:
    """Draw an SVG as wide as it wants to be.

    Args:
        svg: With text in ``currentColor``.
        key: Of the element, unique on the page.
    """
    _component(key=key, data={"svg": svg}, height="content")
