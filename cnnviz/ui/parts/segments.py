"""A row of buttons of which one is chosen, and kept in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

T = TypeVar("T", str, int)


def choose_segment(
    label: str, options: Sequence[T], default: T, key: str, help: str | None = None
) -> T:
    """Draw the buttons and return what is chosen; an address that names nothing known is not.

    Args:
        label: Above them.
        options: From left to right.
        default: One of them, for an address without the key.
        key: In the address and in the session.
        help: What pointing at the label says.
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
