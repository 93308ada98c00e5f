"""Rows of buttons for choosing one option, which is stored in the URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import streamlit as st

from cnnviz.ui.parts.menu import asked_anew, write_address

T = TypeVar("T", str, int)


def choose_segment(
    label: str, options: Sequence[T], default: T, key: str, help: str | None = None
) -> T:
    """Draw the buttons and return the chosen option; an unknown one in the URL is ignored.

    Args:
        label: Above the buttons.
        options: From left to right.
        default: One of the options, for a URL without the key.
        key: In the URL and in the session.
        help: Tooltip of the label.
    """
    chosen = st.segmented_control(
        label,
        options,
        default=default,
        required=True,
        key=key,
        bind="query-params",
        help=help,
    )
    return chosen if chosen in options else default


def choose_labelled(
    label: str, texts: Mapping[str, str], key: str = "view", help: str | None = None
) -> str:
    """Draw buttons with texts of their own; the URL has the option, without one it is the first.

    A bound widget would write the text into the URL.

    Args:
        label: Above the buttons.
        texts: By option, from left to right.
        key: In the URL and in the session.
        help: Tooltip of the label.
    """
    first, requested = next(iter(texts)), asked_anew(key)
    requested = st.session_state.get(key) if requested is None else requested
    st.session_state[key] = requested if requested in texts else first
    clicked = st.segmented_control(
        label,
        list(texts),
        format_func=lambda option: texts.get(option, option),
        required=True,
        key=key,
        help=help,
    )
    chosen = clicked if clicked is not None and clicked in texts else first
    write_address({key: "" if chosen == first else chosen})
    return chosen
