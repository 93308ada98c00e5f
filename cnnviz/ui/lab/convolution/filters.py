"""The section on filters: classic, one's own and learned, on a photo or on numbers."""

import numpy as np
import streamlit as st

from cnnviz.lab.grid import plane
from cnnviz.lab.separable import written_kernel
from cnnviz.ui.lab.controls import choose_over, says_errors
from cnnviz.ui.lab.convolution.separable import show_map_numbers, show_rank
from cnnviz.ui.lab.network import choose_first_convolution, choose_photo_or_say
from cnnviz.ui.lab.number_cells import show_cells
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled, write_text
from cnnviz.ui.parts.layout import in_columns
from cnnviz.ui.parts.page import made_or_said
from cnnviz.ui.photo.classic_filters import (
    choose_classic,
    grey_photo,
    show_all_classic,
    show_classic,
    show_classic_kernel,
    show_filter,
)
from cnnviz.ui.photo.controls import Photo
from cnnviz.ui.photo.filters import show_filters
from cnnviz.vision.maps.filters import ClassicFilter, filtered

OWN = "your own"
FILTER_KINDS = {"a classic one": "Classic", OWN: "Your own"}
FIRST = "1 2 1; 0 0 0; -1 -2 -1"
DARK, HALF = "0 0 0 0 0 0 0 0", "0 0 0 0 10 10 10 10"
PICTURE = "; ".join([DARK] * 4 + [HALF] * 4)


def show_filter_lab() -> None:
    """Draw the section on filters."""
    with st.sidebar:
        over = choose_over("photo", address.ON)
    if over == "numbers":
        _show_over_numbers()
    elif photo := choose_photo_or_say():
        _show_over_photo(photo)


def _show_over_photo(photo: Photo) -> None:
    chosen = _show_chosen(photo)
    if chosen:
        show_rank(chosen, grey_photo(photo), "photo")
    st.subheader("For comparison: learned filters")
    first = choose_first_convolution(photo)
    if first:
        made_or_said(lambda: show_filters(first))


def _show_chosen(photo: Photo) -> ClassicFilter | None:
    """The filter and its map; None after saying why what is written is none."""
    if _choose_kind() != OWN:
        return show_classic(photo)
    own = _write_own()
    if own:
        show_filter(photo, own, _edit_own)
    return own


@says_errors
def _show_over_numbers() -> None:
    """A small image, the filter and the map as numbers; then the filter's two passes."""
    with st.sidebar:
        written = write_text("Image values", address.FILTER_GRID, PICTURE)
    is_own = _choose_kind() == OWN
    chosen = _write_own() if is_own else choose_classic()
    numbers = plane(written, "picture").numpy()
    if chosen is None:
        return
    st.markdown(chosen.help)
    _show_numbers(numbers, chosen, is_own)
    show_rank(chosen, numbers, "numbers")
    if not is_own:
        st.subheader("All classic filters")
        show_all_classic(numbers / (np.abs(numbers).max() or 1), chosen)


def _show_numbers(numbers: np.ndarray, chosen: ClassicFilter, is_own: bool) -> None:
    in_columns(
        lambda: show_cells("filter_grid", "Image"),
        lambda: (_edit_own if is_own else show_classic_kernel)(chosen),
        lambda: show_map_numbers(filtered(numbers, chosen.kernel), "The map that the filter makes"),
        widths=(8, 7, 9),
        vertical_alignment="center",
    )
    st.caption(
        "The kernel is centred on every number and, as in a network, not flipped; the products "
        "are summed. Beyond the border the number at the border is repeated, so that the map is "
        "as large as the image and nothing is found where there is only the border. Type other "
        "numbers into the image's cells."
    )


def _choose_kind() -> str:
    return choose_labelled("Filter", FILTER_KINDS, address.FILTER_KIND)


@says_errors
def _write_own() -> ClassicFilter:
    label = "Kernel values, rows by semicolons, at most 12 x 12, both sides odd"
    written = write_text(label, address.OWN_KERNEL, FIRST)
    numbers = tuple(map(tuple, written_kernel(written).tolist()))
    total = sum(map(sum, numbers))
    does = "it scales the brightness of even regions by this factor."
    if abs(total) < 1e-6:
        does = "it gives 0 wherever the photo is even."
    elif abs(total - 1) < 0.01:
        does = "it keeps the brightness."
    text = f"Its weights add up to {total:.4g}: {does}".replace("-", "\N{MINUS SIGN}")
    return ClassicFilter("Your kernel", text, numbers)


def _edit_own(_: ClassicFilter) -> None:
    show_cells(address.OWN_KERNEL, "Your kernel: type into its cells")
