"""Whether a filter is a column times a row, and its two passes over a photo or over numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.figures.pictures.number_tiles import Tile, kernel_picture, number_tiles
from cnnviz.figures.theme import CATEGORIES
from cnnviz.lab.separable import Separated, filtered_in_passes, separated
from cnnviz.ui.photo.classic_filters import classic_picture
from cnnviz.vision.maps.filters import ClassicFilter, filtered


def show_rank(chosen: ClassicFilter, pixels: np.ndarray, over: str) -> None:
    """Draw the rank of a filter, what its passes cost, and the passes where it has rank 1.

    Args:
        chosen: The filter.
        pixels: What it is laid on, (H, W).
        over: "photo" or "numbers".
    """
    st.subheader("Is it a column times a row?")
    found = separated(np.asarray(chosen.numbers) / chosen.divisor)
    values = ", ".join(f"{round(value, 6):.3g}" for value in found.singular_values)
    st.markdown(f"{_verdict(found)} Its singular values: {values}.")
    if not found.rank:
        return
    direct, passes = filtered(pixels, chosen.kernel), filtered_in_passes(pixels, found)
    if found.is_separable:
        show_passes = _show_passes_over_photo if over == "photo" else _show_passes_over_numbers
        show_passes(chosen, found, pixels, passes)
    size = f"{pixels.shape[1]} x {pixels.shape[0]}"
    where = f"photo of {size} px" if over == "photo" else f"picture of {size} numbers"
    st.markdown(
        f"Over this {where}: **{found.products * pixels.size:,} products** at once, "
        f"**{found.products_in_passes * pixels.size:,}** in passes. The largest "
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


def _show_passes_over_photo(
    chosen: ClassicFilter, found: Separated, grey: np.ndarray, passes: np.ndarray
) -> None:
    """The column, the row, and the map after each of the two."""
    ((column, row),) = found.passes
    alone = _alone(column)
    tiles = st.grid(4, min_column_width=150)
    with tiles.cell():
        _show_kernel(column[:, None], "The column")
    with tiles.cell():
        said = "after the column, in the photo's brightness"
        _show_picture(alone, filtered(grey, alone.kernel), said)
    with tiles.cell():
        _show_kernel(row[None], "The row")
    with tiles.cell():
        _show_picture(chosen, passes, "after the row too")


def _show_passes_over_numbers(
    chosen: ClassicFilter, found: Separated, numbers: np.ndarray, passes: np.ndarray
) -> None:
    """As over a photo; the numbers after the column are those that the row reads."""
    ((column, row),) = found.passes
    down, between, across, behind = st.columns([2, 8, 4, 8], vertical_alignment="center")
    with down:
        _show_kernel(column[:, None], "The column")
    with between:
        show_map_numbers(filtered(numbers, column[:, None]), "After the column")
    with across:
        _show_kernel(row[None], "The row")
    with behind:
        show_map_numbers(passes, "After the row too")


def show_map_numbers(values: np.ndarray, title: str) -> None:
    """Draw a map's numbers, with its title below."""
    st.html(number_tiles([Tile(values, title, CATEGORIES[2])], "Map"))


def _show_picture(classic: ClassicFilter, values: np.ndarray, said: str) -> None:
    picture = classic_picture(classic, values)
    st.image(picture, said, width="stretch", alt=f"Map {said}")


def _show_kernel(numbers: np.ndarray, title: str) -> None:
    st.html(kernel_picture((np.round(numbers, 3) + 0.0).tolist(), title=title))


def _alone(column: np.ndarray) -> ClassicFilter:
    """A column as a filter whose weights add up to 1, or to 0, so that its map can be seen."""
    total = float(column.sum())
    seen = column / total if abs(total) > 1e-6 else column
    return ClassicFilter("The column", "", tuple((float(weight),) for weight in seen))
