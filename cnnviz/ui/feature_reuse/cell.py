"""One cell of the matrices of feature reuse: its weights, and its curve over training."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnviz.analysis.reuse.matrices import DEFINITIONS, block_readers
from cnnviz.architectures import Network
from cnnviz.figures.bars import histogram
from cnnviz.figures.images.grid import is_turned, weight_slice
from cnnviz.figures.images.image_tiles import enlarged
from cnnviz.figures.legend import signed_scale
from cnnviz.figures.reuse_matrix import Panel, number_text
from cnnviz.figures.training.curves import Axis
from cnnviz.ui.feature_reuse.epochs import Epoch
from cnnviz.ui.parts import address
from cnnviz.ui.parts.drawing import show_lines

LARGE = 360  # px of the picture's longer side
HOW = (
    "Train a DenseNet on the **Train** page: its run keeps these matrices before the first step "
    "and at every test, and shows them here."
)


@dataclass(frozen=True, eq=False)
class Cell:
    """A source and a layer that reads it.

    Attributes:
        name: In the address.
        panel: The block that it belongs to.
        block: Its number from 0.
        row: Of the source.
        column: Of the layer.
    """

    name: str
    panel: Panel
    block: int
    row: int
    column: int

    @property
    def title(self) -> str:
        """The cell in words."""
        return f"{self.panel.title}: {self.panel.says(self.row, self.column)}"

    def of(self, panels: Sequence[Panel]) -> float:
        """The number that this cell has in other panels of the same network."""
        return float(panels[self.block].values[self.row, self.column])


def chosen_cell(panels: Sequence[Panel]) -> Cell | None:
    """The cell that the address names; None where it names none of these."""
    requested = address.requested(address.CELL)
    for block, panel in enumerate(panels):
        for row, column in panel.cells:
            if panel.cell_name(row, column) == requested:
                return Cell(requested, panel, block, row, column)
    return None


def open_cell(name: str) -> None:
    """Put a cell into the address; the one that is open is closed."""
    if name:
        address.write({address.CELL: "" if address.requested(address.CELL) == name else name})


def show_cell(
    cell: Cell,
    network: Network,
    definition: str,
    untrained: Sequence[Panel] | None,
    epochs: Sequence[Epoch],
) -> None:
    """Draw what is behind a cell.

    Args:
        cell: Which.
        network: Whose weights are looked at.
        definition: A key of ``DEFINITIONS``.
        untrained: The panels before any training; None where these are they.
        epochs: Of the network's run.
    """
    st.subheader(cell.title)
    st.markdown(_numbers(cell, definition, untrained))
    weights = _weights(network, cell)
    _show_picture(cell, weights)
    st.html(histogram(weights, f"The {weights.size:,} weights"))
    if epochs:
        _show_curve(cell, definition, epochs)
    elif untrained is not None:
        st.caption(f"How did it come to be? {HOW}")


def _numbers(cell: Cell, definition: str, untrained: Sequence[Panel] | None) -> str:
    values = cell.panel.values[:, cell.column]
    values = values[~np.isnan(values)]
    value = cell.panel.values[cell.row, cell.column]
    place = int((values > value).sum()) + 1
    text = (
        f"{DEFINITIONS[definition].title.partition(' (')[0].capitalize()}: **{number_text(value)}**"
    )
    if len(values) > 1:
        reader = _named(cell.panel.targets[cell.column])
        text += f", number {place} of the {len(values)} sources that {reader} reads"
    if untrained is not None:
        text += f"; with random weights {number_text(cell.of(untrained))}"
    return f"{text}."


def _named(part: str) -> str:
    """A row or column within a sentence: "layer 3", but "the classifier"."""
    return part if part[-1].isdigit() else f"the {part}"


def _weights(network: Network, cell: Cell) -> np.ndarray:
    reader = list(block_readers(network))[cell.block][cell.column]
    weights: np.ndarray = list(reader.slices())[cell.row].numpy()
    return weights


def _show_picture(cell: Cell, weights: np.ndarray) -> None:
    made, read = weights.shape[:2]
    size = " x ".join(map(str, weights.shape[2:])) or "1 x 1"
    source, target = _named(cell.panel.sources[cell.row]), _named(cell.panel.targets[cell.column])
    down, across = f"{made} outputs of {target}", f"{read} maps of {source}"
    if is_turned(weights):
        down, across = across, down
    text = f"Weights, {size} for each pair: down {down}, across {across}"
    picture = enlarged(weight_slice(weights), LARGE)
    st.image(picture, text, width="stretch", alt=f"{cell.title}. {text}")
    limit = f"{np.abs(weights).max():.3g}"
    st.html(signed_scale(f"\N{MINUS SIGN}{limit}", limit))


def _show_curve(cell: Cell, definition: str, epochs: Sequence[Epoch]) -> None:
    """The cell over the run, beside its reader's mean over all sources."""
    numbers = [epoch.number for epoch in epochs]
    matrices = [epoch.blocks[cell.block].matrix[:, cell.column] for epoch in epochs]
    lines = {
        "this source": (numbers, [float(column[cell.row]) for column in matrices]),
        "mean of all sources": (numbers, [float(np.nanmean(column)) for column in matrices]),
    }
    axis = Axis(DEFINITIONS[definition].title.partition(" (")[0].capitalize(), from_zero=True)
    alt = f"{cell.title}, over the epochs of the run"
    show_lines(lines, axis, "Epoch", "cell_curve", alt)
