"""The first layer's three ideas on a small picture: each sum written out."""

from __future__ import annotations

import streamlit as st
import torch

from cnnviz.figures.pictures.number_tiles import number_text
from cnnviz.lab.first_sums import FirstSums, first_sums
from cnnviz.ui.lab.controls import found_or_say
from cnnviz.ui.lab.number_cells import show_cells
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import write_text

# The slides' first window, with a row and a column more.
PICTURE = "7 2 3 1; 4 5 3 0; 3 3 2 2; 1 0 2 1"
UNIT = "1 0 -1 0; 0 1 0 -1; -1 0 1 0; 0 -1 0 1"
WINDOW = "1 0 -1; 1 0 -1; 1 0 -1"
CELLS = {
    address.FIRST_PICTURE: "The picture",
    address.FIRST_UNIT: "Weights of one fully connected unit",
    address.FIRST_WINDOW: "Weights of one window",
}


def show_first_sums() -> None:
    """Draw the picture, the weights of one unit of each idea, and a row of text for each."""
    st.subheader("On a small picture, sum by sum")
    with st.sidebar:
        picture = write_text("The small picture's numbers", address.FIRST_PICTURE, PICTURE)
        unit = write_text("Weights of a fully connected unit", address.FIRST_UNIT, UNIT)
        window = write_text("Weights of a window", address.FIRST_WINDOW, WINDOW)
    found = found_or_say(lambda: first_sums(picture, unit, window))
    if found is None:
        return
    grid = st.grid(3, min_column_width=220)
    for key, title in CELLS.items():
        with grid.cell():
            show_cells(key, title)
    _say(found)


def _say(found: FirstSums) -> None:
    rows, columns = found.shared.shape
    unit, window = (" x ".join(map(str, each.shape)) for each in (found.unit, found.window))
    first = _sum_text(found.patch, found.window, found.local)
    units = "unit" if found.places == 1 else "units"
    st.markdown(
        f"- **Fully connected**: one unit has {unit} = **{found.unit.numel()} weights**: "
        f"{_sum_text(found.picture, found.unit, found.full)}. {rows} x {columns} outputs need "
        f"{found.places} {units}: **{found.full_weights} weights**.\n"
        f"- **Windows of their own weights**: at its first place, the top left, a window has "
        f"{window} = **{found.window.numel()} weights**: {first}. At {rows} x {columns} places, "
        f"with others at each: **{found.local_weights} weights**.\n"
        f"- **One window, shared**: the same **{found.shared_weights} weights** at all places. At "
        f"the first again **{number_text(float(found.shared[0, 0]))}**; all {rows} x {columns} "
        f"sums are {_rows_text(found.shared)}."
    )


def _sum_text(numbers: torch.Tensor, weights: torch.Tensor, total: float) -> str:
    pairs = zip(numbers.flatten().tolist(), weights.flatten().tolist(), strict=True)
    terms = " + ".join(f"{_factor(number)}x{_factor(weight)}" for number, weight in pairs)
    return f"{terms} = **{number_text(total)}**"


def _factor(value: float) -> str:
    return f"({number_text(value)})" if value < 0 else number_text(value)


def _rows_text(numbers: torch.Tensor) -> str:
    return "; ".join(" ".join(map(number_text, row)) for row in numbers.tolist())
