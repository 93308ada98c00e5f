"""The sliding window of a section; its position and its cells are in the address."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
import torch

from cnnviz.lab.reshaping import small_photo
from cnnviz.ui.lab.controls import change_number, refused
from cnnviz.ui.lab.convolution.sliding import edited, rested, show_sliding
from cnnviz.ui.parts import address
from cnnviz.ui.photo.controls import choose_photo


def choose_small_photo(channels: int) -> torch.Tensor:
    """The visitor's photo as ``small_photo`` makes it.

    Raises:
        ValueError: There is none yet.
    """
    photo = choose_photo()
    if photo is None:
        raise ValueError("Choose a photo in the sidebar.")
    return small_photo(photo.image, channels)


@st.fragment
def show_window(
    data: Mapping[str, Any],
    key: str,
    texts: Mapping[str, str],
    before_edit: Callable[[], None] = lambda: None,
) -> None:
    """Draw the window; a changed cell is written into the text that it belongs to.

    Args:
        data: Of ``sliding.slide_data`` or ``sliding.pooled_data``.
        key: Of the component.
        texts: The widget of a text of numbers, by the part that the component names.
        before_edit: Called before a changed cell goes into its text.
    """
    # A photo's outputs are all shown at first, as the window rests on its last place.
    outputs = len(data["outputs"]) * data["rows"] * data["columns"]
    first = 0 if data["editable"] else outputs - 1

    def follow() -> None:
        before_edit()
        _follow_edit(key, texts)

    data = {**data, "refused": refused()}
    show_sliding(data, key, _place(first), follow, lambda: _rest(key))
    _follow_change()


def _follow_edit(key: str, texts: Mapping[str, str]) -> None:
    change = edited(key)
    if change.get("part") in texts:
        change_number(texts[change["part"]], change)


def _follow_change() -> None:
    """Draw the whole page again after a changed cell, or say what was wrong with it."""
    if st.session_state.pop("lab_changed", False):
        st.rerun()
    if problem := st.session_state.pop("lab_problem", None):
        st.error(problem, icon=":material/calculate:")


def _rest(key: str) -> None:
    address.write({address.RESTING_PLACE: str(rested(key))})


def _place(first: int) -> int:
    """Where a window rests by the address, else ``first``."""
    written = address.requested(address.RESTING_PLACE)
    return int(written) if written.isdecimal() and len(written) < 7 else first
