"""Maps as one image that says its scale, and tables of numbers."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import streamlit as st

from cnnviz.figures.images.mosaic import enlarged, is_signed, mosaic, png
from cnnviz.figures.images.number_tiles import number_text
from cnnviz.vision.maps.statistics import largest

COLUMN = 480  # px


def show_maps(maps: np.ndarray, caption: str, reach: float | None = None) -> None:
    """Draw maps side by side on one colour scale.

    Args:
        maps: (K, H, W).
        caption: What they are, for the line below; how far the scale goes is added.
        reach: Where the scale ends; default at the largest absolute value.
    """
    end = largest([maps]) if reach is None else reach
    shown = mosaic(maps, np.full(len(maps), end, dtype=np.float32))
    scale = f"Dark is 0, yellow {end:.3g}."
    if is_signed(maps):
        scale = f"Blue is \N{MINUS SIGN}{end:.3g}, white 0, red {end:.3g}."
    caption = f"{caption} {scale}"
    st.image(png(enlarged(shown, COLUMN)), caption, width="stretch", alt=caption)


def show_numbers(
    columns: Mapping[str, Iterable[float]], name: str, rows: Iterable[int], alt: str
) -> None:
    """Draw a table of numbers.

    Args:
        columns: The numbers by heading.
        name: Of what the rows are numbered by.
        rows: Their numbers.
        alt: What the table shows, for those who do not see it.
    """
    texts = {heading: [number_text(float(n)) for n in each] for heading, each in columns.items()}
    table = pd.DataFrame(texts, index=pd.Index(map(str, rows), name=name))
    st.table(table, border="horizontal", alt=alt)


def factor_text(value: float) -> str:
    """A number within a product or a difference: a negative one in parentheses."""
    return f"({number_text(value)})" if value < 0 else number_text(value)
