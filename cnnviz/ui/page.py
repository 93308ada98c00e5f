"""What every page does first."""

from pathlib import Path

import streamlit as st

from cnnviz.figures.templates import STYLESHEET
from cnnviz.ui.server.serving import warm_up

# A file of ours: the icons that Streamlit knows by name are fetched from the internet.
ICON = Path(__file__).with_name("icon.png")


def open_page(title: str) -> None:
    """Set up a page: its title in the browser, wide layout, how HTML looks, a warm process.

    ``st.session_state["arrived"]`` says whether the visitor was on another page before this run.
    Each page calls this itself, because the first deep link after a start runs a page without
    app.py.
    """
    st.set_page_config(page_title=f"{title} · cnnviz", page_icon=str(ICON), layout="wide")
    st.html(STYLESHEET)
    warm_up()
    st.session_state["arrived"] = st.session_state.get("page") != title
    st.session_state["page"] = title
