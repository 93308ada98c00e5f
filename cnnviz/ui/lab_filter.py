"""Filters on the visitor's photo: classic ones, one's own, their rank, and learned ones beside."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.figures.filter_pictures import kernel_picture
from cnnviz.lab.separable import Separated, filtered_in_passes, separated, written_kernel
from cnnviz.ui.filter_view import (
    classic_picture,
    grey_photo,
    show_classic,
    show_filter,
    show_filters,
)
from cnnviz.ui.lab_controls import write_numbers
from cnnviz.ui.lab_network import choose_first_convolution
from cnnviz.ui.photo_controls import Photo, choose_photo
from cnnviz.ui.subject_controls import show_or_say
from cnnviz.vision.filters import ClassicFilter, filtered

CLASSIC, OWN = "a classic one", "your own"
FIRST = "1 2 1; 0 0 0; -1 -2 -1"


def show_filter_lab() -> None:
    """The whole section."""
    with st.sidebar:
        photo = choose_photo()
    if photo is None:
        st.info("Choose a photo in the sidebar.")
        return
    chosen = _show_chosen(photo)
    if chosen:
        st.subheader("Is it a column times a row?")
        _show_rank(photo, chosen, separated(np.asarray(chosen.numbers) / chosen.divisor))
    st.subheader("Beside it: filters that nobody designed")
    first = choose_first_convolution(photo)
    if first:
        show_or_say(lambda: show_filters(first.subject.network, first.graph, first.index, None))


def _show_chosen(photo: Photo) -> ClassicFilter | None:
    """The filter and its map; None after saying why what is written is none."""
    which = st.segmented_control(
        "Filter", (CLASSIC, OWN), default=CLASSIC, required=True, key="whose", bind="query-params"
    )
    if which != OWN:
        return show_classic(photo)
    written = write_numbers(
        "Its numbers, rows by semicolons, at most 12 x 12, both sides odd", "own_kernel", FIRST
    )
    try:
        own = _own(written)
    except ValueError as error:
        st.error(str(error), icon=":material/calculate:")
        return None
    show_filter(photo, own)
    return own


def _own(written: str) -> ClassicFilter:
    numbers = tuple(map(tuple, written_kernel(written).tolist()))
    total = sum(map(sum, numbers))
    said = f"Its weights add up to {total:.4g}: "
    said += (
        "it gives 0 wherever the photo is even."
        if abs(total) < 1e-6
        else (
            "it keeps the brightness."
            if abs(total - 1) < 0.01
            else "it makes even places so many times as bright."
        )
    )
    return ClassicFilter("Your kernel", said.replace("-", "\N{MINUS SIGN}"), numbers)


def _show_rank(photo: Photo, chosen: ClassicFilter, found: Separated) -> None:
    values = ", ".join(f"{round(value, 6):.3g}" for value in found.singular_values)
    st.markdown(f"{_verdict(found)} Its singular values: {values}.")
    if not found.rank:
        return
    grey = grey_photo(photo)
    direct, passes = filtered(grey, chosen.kernel), filtered_in_passes(grey, found)
    if found.is_separable:
        _show_passes(chosen, found, grey, passes)
    st.markdown(
        f"Over this photo of {grey.shape[1]} x {grey.shape[0]} px: "
        f"**{found.products * grey.size:,} products** at once, "
        f"**{found.products_in_passes * grey.size:,}** in passes. The largest "
        f"difference of the two maps is {np.abs(direct - passes).max():.1g}."
    )


def _verdict(found: Separated) -> str:
    h, w = found.kernel.shape
    one, two = found.products, found.products_in_passes
    if found.is_separable:
        return (
            f"**Rank 1**: yes. A pass down with {h} weights, then one across with {w}, needs "
            f"**{two} products for a pixel instead of {one}**."
        )
    if not found.rank:
        return "**Rank 0**: all its weights are 0."
    return (
        f"**Rank {found.rank}**: no, it is the sum of {found.rank} columns times rows, which need "
        f"{found.rank} x ({h} + {w}) = **{two} products for a pixel instead of {one}**."
    )


def _show_passes(
    chosen: ClassicFilter, found: Separated, grey: np.ndarray, passes: np.ndarray
) -> None:
    """The column, the row, and the map after each of the two."""
    ((column, row),) = found.passes
    alone = _alone(column)
    tiles = st.grid(4, min_column_width=150)
    with tiles.cell():
        st.html(kernel_picture(_rounded(column[:, None]), title="The column"))
    with tiles.cell():
        said = "after the column, in the photo's brightness"
        st.image(
            classic_picture(alone, filtered(grey, alone.kernel)),
            said,
            width="stretch",
            alt=f"Map {said}",
        )
    with tiles.cell():
        st.html(kernel_picture(_rounded(row[None]), title="The row"))
    with tiles.cell():
        said = "after the row too"
        st.image(classic_picture(chosen, passes), said, width="stretch", alt=f"Map {said}")


def _rounded(numbers: np.ndarray) -> list[list[float]]:
    rounded: list[list[float]] = (np.round(numbers, 3) + 0.0).tolist()
    return rounded


def _alone(column: np.ndarray) -> ClassicFilter:
    """A column as a filter whose weights add up to 1, or to 0, so that its map can be seen."""
    total = float(column.sum())
    seen = column / total if abs(total) > 1e-6 else column
    return ClassicFilter("The column", "", tuple((float(weight),) for weight in seen))
