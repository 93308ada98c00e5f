"""A part of a page that refreshes itself each second or two."""

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def look_again(
    read: Callable[[], T],
    show: Callable[[T], None],
    state: Callable[[T], Hashable],
    pace: Callable[[T], float | None],
) -> None:
    """Read and draw at an interval; rerun the whole page when the state changes.

    Args:
        read: What there is now; called at each look.
        show: Draws it. Only this runs again at a look, for each visitor who looks: keep it small.
        state: What the rest of the page depends on, such as its buttons and whether to look again.
        pace: Seconds to the next look, None for never; called at each look.
    """
    first = read()
    st.fragment(_look, run_every=pace(first))(read, show, state, pace, state(first))


def _look(
    read: Callable[[], T],
    show: Callable[[T], None],
    state: Callable[[T], Hashable],
    pace: Callable[[T], float | None],
    before: Hashable,
) -> None:
    now = read()
    pace(now)
    if state(now) != before:
        st.rerun()
    show(now)
