"""Classic image filters (Sobel, Laplace, blur, ...) applied to the photo."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from cnnviz.figures import colour_maps
from cnnviz.figures.images.image_tiles import gallery
from cnnviz.figures.images.number_tiles import kernel_drawing
from cnnviz.figures.legend import colour_scale, signed_scale
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_option
from cnnviz.ui.photo.controls import Photo
from cnnviz.vision.maps.filters import CLASSIC_FILTERS, ClassicFilter, filtered

BRIGHT = 0.98  # share of a classic map's values that the colours tell apart
CLASSIC_SIDE = 400  # px of a photo's longer side: a 5x5 filter still shows


def show_classic(photo: Photo) -> ClassicFilter:
    """Draw a choice of classic filters: the kernel's numbers, the photo, and the map it makes.

    Returns:
        The one that is chosen.
    """
    classic = choose_classic()
    show_filter(photo, classic)
    st.caption(
        "Filtering is convolution: the kernel is laid on every pixel, the products of its weights "
        "with the pixels below are added up, and the sum is the map's value there. A "
        "convolutional layer does the same with weights that it has learned, over all channels."
    )
    show_all_classic(grey_photo(photo), classic)
    return classic


def show_filter(
    photo: Photo, classic: ClassicFilter, show_kernel: Callable[[ClassicFilter], None] | None = None
) -> None:
    """Draw a filter's numbers, the photo, and the map that it makes.

    Args:
        photo: The visitor's.
        classic: The filter.
        show_kernel: Draws its numbers; None: as an image.
    """
    st.markdown(classic.help)
    grey = grey_photo(photo)
    left, middle, right = st.columns([2, 3, 3], vertical_alignment="center")
    with left:
        (show_kernel or show_classic_kernel)(classic)
    title = f"{photo.title} in greys"
    middle.image(_grey_image(grey), title, width="stretch", alt=title)
    with right:
        _show_map(classic, filtered(grey, classic.kernel))


def show_classic_kernel(classic: ClassicFilter) -> None:
    """Draw a filter's numbers as an image."""
    st.html(kernel_drawing(classic.numbers, classic.divisor, f"Kernel of {classic.title}"))


def choose_classic() -> ClassicFilter:
    """Draw the menu of classic filters."""
    by_title = {classic.title: classic for classic in CLASSIC_FILTERS.values()}
    return by_title[choose_option("Classic filter", list(by_title), address.CLASSIC_FILTER)]


def _show_map(classic: ClassicFilter, values: np.ndarray) -> None:
    title = f"{classic.title}: the map that it makes"
    st.image(classic_image(classic, values), title, width="stretch", alt=title)
    if classic.finds_changes:
        limit = f"{_limit(values):.2f}"
        st.html(signed_scale(f"\N{MINUS SIGN}{limit} and below", f"{limit} and above"))
    else:
        st.html(colour_scale("0 and below", "1 and above", colours=("#000000", "#ffffff")))
    text = f"Values from {values.min():.2f} to {values.max():.2f}; the photo's are from 0 to 1."
    st.caption(text.replace("-", "\N{MINUS SIGN}"))


def show_all_classic(grey: np.ndarray, chosen: ClassicFilter) -> None:
    """Draw what every classic filter makes of a grey image in [0, 1], the chosen one framed."""
    classics = list(CLASSIC_FILTERS.values())
    maps = [classic_image(each, filtered(grey, each.kernel)) for each in classics]
    titles = [each.title for each in classics]
    st.html(gallery(maps, titles, 120, classics.index(chosen), "Map of"))


def classic_image(classic: ClassicFilter, values: np.ndarray) -> np.ndarray:
    """A classic filter's map, uint8 (H, W, 3): signed where it finds changes, else as a photo."""
    if classic.finds_changes:
        return colour_maps.signed((values / _limit(values)).clip(-1, 1))
    return _grey_image(values)


def _limit(values: np.ndarray) -> float:
    """Where the colours end: few pixels at sharp edges must not make all others pale."""
    return float(np.quantile(np.abs(values), BRIGHT)) or float(np.abs(values).max()) or 1.0


def _grey_image(values: np.ndarray) -> np.ndarray:
    """Greys uint8 (H, W, 3) of values: 0 and below is black, 1 and above is white."""
    grey = np.rint(values.clip(0, 1) * 255).astype(np.uint8)
    return np.repeat(grey[:, :, np.newaxis], 3, axis=2)


def grey_photo(photo: Photo) -> np.ndarray:
    """The photo in [0, 1], (H, W)."""
    small = photo.image.convert("L")
    small.thumbnail((CLASSIC_SIDE, CLASSIC_SIDE))
    return np.asarray(small, dtype=np.float32) / 255
