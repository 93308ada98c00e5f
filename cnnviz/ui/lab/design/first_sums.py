"""The three kinds of first layer on a small image, each sum written out."""

import streamlit as st
import torch

from cnnviz.figures.images.number_tiles import number_text
from cnnviz.lab.first_sums import FirstSums, first_sums
from cnnviz.ui.lab.controls import says_errors
from cnnviz.ui.lab.figures import factor_text
from cnnviz.ui.lab.number_cells import show_cells
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import write_text

# The slides' first window, with a row and a column more.
PICTURE = "7 2 3 1; 4 5 3 0; 3 3 2 2; 1 0 2 1"
UNIT = "1 0 -1 0; 0 1 0 -1; -1 0 1 0; 0 -1 0 1"
WINDOW = "1 0 -1; 1 0 -1; 1 0 -1"
CELLS = {
    address.FIRST_PICTURE: "Image",
    address.FIRST_UNIT: "Weights of one fully connected unit",
    address.FIRST_WINDOW: "Weights of one window",
}


@says_errors
def show_first_sums() -> None:
    """Draw the image, the weights of one unit of each idea, and a row of text for each."""
    st.subheader("On a small image, sum by sum")
    with st.sidebar:
        picture = write_text("Values of the small image", address.FIRST_PICTURE, PICTURE)
        unit = write_text("Weights of a fully connected unit", address.FIRST_UNIT, UNIT)
        window = write_text("Weights of a window", address.FIRST_WINDOW, WINDOW)
    sums = first_sums(picture, unit, window)
    with st.grid(3, min_column_width=220):
        for key, title in CELLS.items():
            with st.container():  # an error stands with its cells
                show_cells(key, title)
    _say(sums)


def _say(sums: FirstSums) -> None:
    rows, columns = sums.shared.shape
    unit, window = (" x ".join(map(str, each.shape)) for each in (sums.unit, sums.window))
    first = _sum_text(sums.patch, sums.window, sums.local)
    units = "unit" if sums.places == 1 else "units"
    st.markdown(
        f"- **Fully connected**: one unit has {unit} = **{sums.unit.numel()} weights**: "
        f"{_sum_text(sums.picture, sums.unit, sums.full)}. {rows} x {columns} outputs need "
        f"{sums.places} {units}: **{sums.full_weights} weights**.\n"
        f"- **Locally connected (unshared weights)**: at the top left position a window has "
        f"{window} = **{sums.window.numel()} weights**: {first}. At {rows} x {columns} places, "
        f"with others at each: **{sums.local_weights} weights**.\n"
        f"- **Parameter sharing (convolution)**: the same **{sums.shared_weights} weights** "
        f"at all positions. At the first again **{number_text(float(sums.shared[0, 0]))}**; all "
        f"{rows} x {columns} sums are {_rows_text(sums.shared)}."
    )


def _sum_text(numbers: torch.Tensor, weights: torch.Tensor, total: float) -> str:
    pairs = zip(numbers.flatten().tolist(), weights.flatten().tolist(), strict=True)
    terms = " + ".join(f"{factor_text(number)}x{factor_text(weight)}" for number, weight in pairs)
    return f"{terms} = **{number_text(total)}**"


def _rows_text(numbers: torch.Tensor) -> str:
    return "; ".join(" ".join(map(number_text, row)) for row in numbers.tolist())
