"""A menu whose choice is in the address by an id, while people see labels."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def addressed_menu(title: str, name: str, labels: Mapping[str, str], help: str = "") -> str:
    """Draw a menu and return the id that is chosen; ``?name=ID`` in the address is the choice.

    A bound widget would write the label. An address that has changed since it was written here (a
    link, the Back button) is followed; one that names nothing known is the first.

    Args:
        title: Above the menu.
        name: In the address.
        labels: By id, at least one; the first is the default.
        help: What pointing at the title says.
    """
    key, written = f"chosen_{name}", f"written_{name}"
    asked = st.query_params.get(name)
    is_new = asked != st.session_state.get(written) or st.session_state.get("arrived")
    if asked is not None and asked in labels and is_new:
        st.session_state[key] = asked
    elif st.session_state.get(key) not in labels:
        st.session_state[key] = next(iter(labels))
    else:  # or else a page that was left and comes back forgets it
        st.session_state[key] = st.session_state[key]
    chosen = st.selectbox(
        title, list(labels), key=key, format_func=lambda each: labels.get(each, each), help=help
    )
    chosen = chosen if chosen in labels else next(iter(labels))
    address(name, chosen)
    return chosen


def address(name: str, chosen: str) -> None:
    """Write a choice into the address; an empty one takes it out."""
    if not chosen:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != chosen:
        st.query_params[name] = chosen
    st.session_state[f"written_{name}"] = chosen or None


def choose(name: str, chosen: str) -> None:
    """Let a button choose for the menu of that name, before it is drawn."""
    st.session_state[f"chosen_{name}"] = chosen
    st.session_state[f"written_{name}"] = st.query_params.get(name)
