"""Feature reuse over the epochs of a run: a slider, and playback in the browser."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from cnnviz.architectures import Network
from cnnviz.figures.reuse_matrix import PALETTE, Panel, frames, reuse_drawing
from cnnviz.runs.folder import MEASUREMENTS, measurements
from cnnviz.ui.byte_cache import results
from cnnviz.ui.run_weights import WeightedNetwork
from cnnviz.vision.feature_reuse import BlockReuse
from cnnviz.vision.reuse_record import Record, recalled_reuse

HTML = """
<div class="controls">
  <button class="play">Play</button>
  <input class="slider" type="range" min="0" step="1" aria-label="Epoch">
  <span class="epoch"></span>
</div>
<div class="drawing"></div>
"""
MOST = 101  # epochs that are shown
KEY, EPOCH = "reuse_epochs", "epoch"  # of the component; in the address

_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "cnnviz_reuse_epochs",
    html=HTML,
    css=(_FOLDER / "reuse_epochs.css").read_text(),
    js=(_FOLDER / "reuse_epochs.js").read_text(),
)


@dataclass(frozen=True, eq=False)
class Epoch:
    """The matrices of a run at one of its tests, or before its first step."""

    number: float
    blocks: tuple[BlockReuse, ...]

    @property
    def title(self) -> str:
        """What the slider says."""
        return f"epoch {round(self.number, 2):g}"


def recorded_epochs(trained: WeightedNetwork, network: Network, definition: str) -> Sequence[Epoch]:
    """Of a run that has recorded its feature reuse at most ``MOST`` epochs, evenly, else none."""
    return [
        Epoch(number, recalled_reuse(network, record, definition))
        for number, record in _records(trained)
    ]


def _records(trained: WeightedNetwork) -> Sequence[tuple[float, Record]]:
    folder = trained.weights.path.parent if trained.is_run and trained.weights.path else None
    file = folder / MEASUREMENTS if folder else None
    if folder is None or file is None or not file.is_file():
        return []
    return _read(folder, file.stat().st_size)


@results.remember
def _read(folder: Path, size: int) -> Sequence[tuple[float, Record]]:
    """The records of a run's folder whose file of measurements was so large."""
    told = [(each.epoch, each.reuse) for each in measurements(folder, "reuse")]
    last = len(told) - 1
    if last < MOST:
        return told
    return [told[round(place * last / (MOST - 1))] for place in range(MOST)]


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
    start = _asked(epochs)
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
        on_clicked_change=lambda: on_click(_clicked()),
    )


def _asked(epochs: Sequence[Epoch]) -> int:
    """Position of the epoch that is nearest to the address's; the first without one."""
    try:
        number = float(st.query_params.get(EPOCH, ""))
    except ValueError:
        return 0
    return min(range(len(epochs)), key=lambda place: abs(epochs[place].number - number))


def _sent(name: str) -> Any:
    return getattr(st.session_state[KEY], name)


def _clicked() -> str:
    return str((_sent("clicked") or {}).get("select", ""))


def _keep_epoch() -> None:
    number = _sent("epoch")
    if isinstance(number, int | float):
        st.query_params[EPOCH] = f"{number:g}"
