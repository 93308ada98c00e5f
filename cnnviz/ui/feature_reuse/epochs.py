"""Feature reuse over the epochs of a run, with a slider and playback in the browser."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from cnnviz.analysis.reuse.matrices import BlockReuse
from cnnviz.analysis.reuse.record import recalled_reuse
from cnnviz.figures.reuse_matrix import PALETTE, Panel, frames, reuse_drawing
from cnnviz.runs.bundling import REUSE as BESIDE
from cnnviz.runs.folder import MEASUREMENTS, reuse_measurements
from cnnviz.ui.parts import address
from cnnviz.ui.parts.drawing import clicked, component
from cnnviz.ui.photo.weighted import WeightedNetwork
from cnnviz.ui.server.byte_cache import results

HTML = """
<div class="controls">
  <button class="play">Play</button>
  <input class="slider" type="range" min="0" step="1" aria-label="Epoch">
  <span class="epoch"></span>
</div>
<div class="drawing"></div>
"""
MAX_EPOCHS = 101  # epochs that are shown
KEY = "reuse_epochs"  # of the component

_component = component(__file__, HTML)


@dataclass(frozen=True, eq=False)
class Epoch:
    """The matrices of a run at one of its tests, or before its first step."""

    number: float
    blocks: tuple[BlockReuse, ...]

    @property
    def title(self) -> str:
        """What the slider says."""
        return f"epoch {round(self.number, 2):g}"


def recorded_epochs(trained: WeightedNetwork, definition: str) -> Sequence[Epoch]:
    """At most ``MAX_EPOCHS`` epochs that the network's run recorded; none without a record."""
    path = trained.weights.path
    if path is None:
        return []
    file = path.parent / MEASUREMENTS if trained.is_run else path.with_suffix(BESIDE)
    if not file.is_file():
        return []
    return _epochs(trained, definition, file, file.stat().st_size)


@results.remember
def _epochs(trained: WeightedNetwork, definition: str, file: Path, size: int) -> Sequence[Epoch]:
    """Of a file of measurements when it was so large."""
    return [
        Epoch(each.epoch, recalled_reuse(trained.network, each.reuse, definition))
        for each in reuse_measurements(file, MAX_EPOCHS)
    ]


def show_epochs(
    epochs: Sequence[Epoch], drawn: Sequence[Sequence[Panel]], on_click: Callable[[str], None]
) -> None:
    """Draw the slider, the button and the matrices of the epoch that the address names.

    Args:
        epochs: Of ``recorded_epochs``; at least one.
        drawn: The panels of each.
        on_click: Called with the name of a cell that was clicked, before the page runs again.
    """
    shades, values = frames(drawn)
    start = _requested_position(epochs)
    _component(
        key=KEY,
        data={
            "svg": reuse_drawing(drawn[0]),
            "names": [panel.cell_name(*cell) for panel in drawn[0] for cell in panel.cells],
            "epochs": [each.title for each in epochs],
            "numbers": [each.number for each in epochs],
            "palette": PALETTE,
            "shades": b64encode(shades.tobytes()).decode(),
            "values": b64encode(values.astype("<f4").tobytes()).decode(),
            "start": start,
        },
        height="content",
        on_epoch_change=_keep_epoch,
        on_clicked_change=lambda: on_click(clicked(KEY).get("select", "")),
    )


def _requested_position(epochs: Sequence[Epoch]) -> int:
    """Position of the epoch that is nearest to the address's; the first without one."""
    try:
        number = float(address.requested(address.EPOCH))
    except ValueError:
        return 0
    return min(range(len(epochs)), key=lambda place: abs(epochs[place].number - number))


def _keep_epoch() -> None:
    number = st.session_state[KEY].epoch
    if isinstance(number, int | float):
        address.write({address.EPOCH: f"{number:g}"})
