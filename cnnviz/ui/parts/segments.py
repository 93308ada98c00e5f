"""A row of buttons for choosing one option, which is stored in the URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import streamlit as st

T = TypeVar("T", str, int)


def choose_segment(
    label: str,
    options: Sequence[T] | Mapping[T, str],
    default: T | None = None,
    key: str = "view",
    help: str | None = None,
) -> T:
    """Draw the buttons and return the chosen option; an unknown one in the URL is ignored.

    Args:
        label: Above the buttons.
        options: From left to right; a mapping gives the text of each. The URL shows the text, and
            a link may contain the option instead.
        default: One of the options, for a URL without the key; default the first.
        key: In the URL and in the session.
        help: Tooltip of the label.
    """
    texts = options if isinstance(options, Mapping) else {option: str(option) for option in options}
    usual: T = next(iter(texts)) if default is None else default
    linked = next((option for option in texts if st.query_params.get(key) == str(option)), None)
    is_option = linked is not None and texts[linked] != str(linked)
    if is_option:  # Streamlit itself reads the texts only
        st.session_state[key] = linked
    chosen = st.segmented_control(
        label,
        list(texts),
        default=None if is_option else usual,
        format_func=lambda option: texts.get(option, str(option)),
        required=True,
        key=key,
        bind="query-params",
        help=help,
    )
    return chosen if chosen is not None and chosen in texts else usual
