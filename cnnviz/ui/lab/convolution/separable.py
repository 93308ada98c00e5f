"""Separable filters: rank, singular values and the two passes over a photo or numbers."""

import numpy as np
import streamlit as st

from cnnviz.figures.images.number_tiles import Tile, kernel_drawing, number_tiles
from cnnviz.figures.theme import CATEGORIES
from cnnviz.lab.separable import Separated, filtered_in_passes, separated
from cnnviz.ui.parts.layout import in_columns
from cnnviz.ui.photo.classic_filters import classic_image
from cnnviz.vision.maps.filters import ClassicFilter, filtered


def show_rank(chosen: ClassicFilter, pixels: np.ndarray, over: str) -> None:
    """Draw the rank of a filter, what its passes cost, and the passes where it has rank 1.

    Args:
        chosen: The filter.
        pixels: The image that it filters, (H, W).
        over: "photo" or "numbers".
    """
    st.subheader("Is the filter separable (a column times a row)?")
    factors = separated(np.asarray(chosen.numbers) / chosen.divisor)
    values = ", ".join(f"{round(value, 6):.3g}" for value in factors.singular_values)
    st.markdown(f"{_verdict(factors)} Its singular values: {values}.")
    if not factors.rank:
        return
    direct, passes = filtered(pixels, chosen.kernel), filtered_in_passes(pixels, factors)
    if factors.is_separable:
        _show_passes(chosen, factors, pixels, passes, over)
    size = f"{pixels.shape[1]} x {pixels.shape[0]}"
    where = f"photo of {size} px" if over == "photo" else f"image of {size} numbers"
    st.markdown(
        f"Over this {where}: **{factors.products * pixels.size:,} products** at once, "
        f"**{factors.products_in_passes * pixels.size:,}** in passes. The largest "
        f"difference of the two maps is {np.abs(direct - passes).max():.1g}."
    )


def _verdict(factors: Separated) -> str:
    h, w = factors.kernel.shape
    one, two = factors.products, factors.products_in_passes
    if factors.is_separable:
        return (
            f"**Rank 1**: yes. A pass down with {h} weights, then one across with {w}, needs "
            f"**{two} products for a pixel instead of {one}**."
        )
    if not factors.rank:
        return "**Rank 0**: all its weights are 0."
    return (
        f"**Rank {factors.rank}**: no, it is the sum of {factors.rank} columns times rows, which "
        f"need {factors.rank} x ({h} + {w}) = **{two} products for a pixel instead of {one}**."
    )


def _show_passes(
    chosen: ClassicFilter, factors: Separated, pixels: np.ndarray, passes: np.ndarray, over: str
) -> None:
    ((column, row),) = factors.passes
    if over == "photo":
        with st.grid(4, min_column_width=150):
            _show_kernel(column[:, None], "The column")
            alone = _alone(column)
            caption = "After the column, at the photo's brightness"
            _show_picture(alone, filtered(pixels, alone.kernel), caption)
            _show_kernel(row[None], "The row")
            _show_picture(chosen, passes, "After the row too")
        return
    in_columns(
        lambda: _show_kernel(column[:, None], "The column"),
        lambda: show_map_numbers(filtered(pixels, column[:, None]), "After the column"),
        lambda: _show_kernel(row[None], "The row"),
        lambda: show_map_numbers(passes, "After the row too"),
        widths=(2, 8, 4, 8),
        vertical_alignment="center",
    )


def show_map_numbers(values: np.ndarray, title: str) -> None:
    """Draw a map's numbers, with its title below."""
    st.html(number_tiles([Tile(values, title, CATEGORIES[2])], "Map"))


def _show_picture(classic: ClassicFilter, values: np.ndarray, caption: str) -> None:
    picture = classic_image(classic, values)
    st.image(picture, caption, width="stretch", alt=f"Map {caption}")


def _show_kernel(numbers: np.ndarray, title: str) -> None:
    st.html(kernel_drawing((np.round(numbers, 3) + 0.0).tolist(), title=title))


def _alone(column: np.ndarray) -> ClassicFilter:
    """A column as a filter whose weights add up to 1, or to 0, so that its map can be seen."""
    total = float(column.sum())
    seen = column / total if abs(total) > 1e-6 else column
    return ClassicFilter("The column", "", tuple((float(weight),) for weight in seen))
