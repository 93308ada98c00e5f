"""Cards of the Home page: a question each, with a link to the page that answers it."""

from urllib.parse import parse_qsl

import streamlit as st

from cnnviz.files import entries

CARDS = entries("ui/home.toml")


def show_things_to_try() -> None:
    """Draw the cards in a grid."""
    grid = st.grid(3, min_column_width=260, border=True)
    for card in CARDS:
        page, _, query = card["link"].partition("?")
        with grid.cell():
            st.subheader(card["question"])
            st.write(card["hint"])
            st.page_link(
                f"pages/{page}.py",
                label=card["label"],
                icon=":material/arrow_forward:",
                query_params=dict(parse_qsl(query)),
            )
