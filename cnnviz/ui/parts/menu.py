"""A menu whose choice is in the address by an id, while people see labels."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def choose_named(title: str, name: str, labels: Mapping[str, str], default: str) -> str:
    """Draw a menu that stands alone: what is chosen is written into the address at once."""
    chosen = addressed_menu(title, name, labels, default=default)
    write_address({name: chosen})
    return chosen


def addressed_menu(
    title: str, name: str, labels: Mapping[str, str], help: str = "", default: str = ""
) -> str:
    """Draw a menu and return the id that is chosen; ``?name=ID`` in the address is the choice.

    A bound widget would write the label. An address that has changed since it was written (a link,
    the Back button) is followed; one that names nothing known is the default. ``write_address``
    writes what several menus say at once, so that Back undoes it at once.

    Args:
        title: Above the menu.
        name: In the address.
        labels: By id, at least one.
        help: What pointing at the title says.
        default: One of the ids; else the first is.
    """
    key, asked = f"chosen_{name}", asked_anew(name)
    default = default or next(iter(labels))
    if asked in labels:
        st.session_state[key] = asked
    elif st.session_state.get(key) not in labels:
        st.session_state[key] = default
    else:  # or else a page that was left and comes back forgets it
        st.session_state[key] = st.session_state[key]
    chosen = st.selectbox(
        title, list(labels), key=key, format_func=lambda each: labels.get(each, each), help=help
    )
    return chosen if chosen in labels else default


def asked_anew(name: str) -> str | None:
    """What the address says where it is not what was written there last, else None."""
    asked = st.query_params.get(name, "")
    is_new = asked != st.session_state.get(f"written_{name}", "")
    return asked if is_new or st.session_state.get("arrived") else None


def write_address(chosen: Mapping[str, str]) -> None:
    """Write choices by their names into the address, all at once; an empty one is taken out."""
    before = {name: st.query_params.get(name, "") for name in chosen}
    # Without a value a name is not written; a deletion of its own would be a step more to go Back.
    changed: dict[str, str | list[str]] = {
        name: value or [] for name, value in chosen.items() if before[name] != value
    }
    if changed:
        st.query_params.update(changed)
    for name, value in chosen.items():
        st.session_state[f"written_{name}"] = value


def choose(name: str, chosen: str) -> None:
    """Let a button choose for the menu of that name, before it is drawn."""
    st.session_state[f"chosen_{name}"] = chosen
    st.session_state[f"written_{name}"] = st.query_params.get(name, "")
