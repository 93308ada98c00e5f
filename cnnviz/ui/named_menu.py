"""A menu of titles whose address holds a name; the widget itself would write the title."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def choose_named(label: str, name: str, titles: Mapping[str, str], default: str) -> str:
    """Draw the menu and return the name that is chosen.

    Args:
        label: Above the menu.
        name: Of the choice in the address.
        titles: What the menu shows of each name; at least one.
        default: One of the names.
    """
    key = f"chosen_{name}"
    asked = st.query_params.get(name)
    if st.session_state.get("arrived") or st.session_state.get(key) not in titles:
        st.session_state[key] = asked if asked in titles else default
    chosen = st.selectbox(
        label, list(titles), key=key, format_func=lambda each: titles.get(each, each)
    )
    chosen = chosen if chosen in titles else default
    if st.query_params.get(name) != chosen:
        st.query_params[name] = chosen
    return chosen
