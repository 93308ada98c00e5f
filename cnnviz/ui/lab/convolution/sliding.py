"""A window that slides over a grid of numbers, as the browser draws it; see sliding.js."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
import torch

from cnnviz.lab.grid import written_number
from cnnviz.lab.pooling import Pooled
from cnnviz.lab.sliding import Slide
from cnnviz.ui.lab.controls import change_number, refused, say_problem
from cnnviz.ui.parts import address
from cnnviz.ui.parts.drawing import component

HTML = """
<div class="sliding" tabindex="0" role="group" aria-label="A window slides over the input">
  <div class="grids"></div>
  <div class="controls">
    <button class="back" aria-label="One position back">&#8592;</button>
    <button class="play">&#9654; Play</button>
    <button class="on" aria-label="One position on">&#8594;</button>
    <input class="scrub" type="range" min="0" step="1" aria-label="Position">
    <select class="speed" aria-label="Speed">
      <option>slow</option><option>normal</option><option>fast</option><option>fastest</option>
    </select>
  </div>
  <div class="sum" aria-live="polite"></div>
</div>
"""
COLOURS = ("red", "green", "blue")
LEGIBLE = 14  # rows or columns up to which numbers are written

_component = component(
    __file__, HTML, "../number_tables.css", "../number_tables.js", "pixel_map.js"
)


@st.fragment
def show_window(
    data: Mapping[str, Any],
    key: str,
    texts: Mapping[str, str],
    before_edit: Callable[[], None] = lambda: None,
) -> None:
    """Draw the window; its place and a changed cell go into the address.

    Args:
        data: Of ``slide_data`` or ``pooled_data``.
        key: Of the component.
        texts: The widget of a text of numbers, by the part that the component names.
        before_edit: Called before a changed cell goes into its text.
    """
    # A photo's outputs are all shown at first, as the window rests on its last place.
    outputs = len(data["outputs"]) * data["rows"] * data["columns"]
    first = 0 if data["editable"] else outputs - 1

    def follow_edit() -> None:
        before_edit()
        change = dict(st.session_state[key].edited or {})
        if change.get("part") in texts:
            change_number(texts[change["part"]], change)

    def keep_place() -> None:
        address.write({address.RESTING_PLACE: str(int(st.session_state[key].at or 0))})

    written = address.requested(address.RESTING_PLACE)
    place = int(written) if written.isdecimal() and len(written) < 7 else first
    _component(
        key=key,
        data={**data, "at": place, "refused": refused()},
        height="content",
        on_edited_change=follow_edit,
        on_at_change=keep_place,
    )
    if st.session_state.pop("lab_changed", False):
        st.rerun()
    say_problem()


def slide_data(slid: Slide, name: str, editable: bool) -> dict[str, Any]:
    """The component's data for a convolution; the kernel's cells can be changed.

    Args:
        slid: The convolution.
        name: Another name begins at the first position.
        editable: Whether the input's cells can be changed.
    """
    size, filters = slid.weight.shape[1], len(slid.weight)
    per_group = filters // slid.groups
    reads = [[number // per_group * size + k for k in range(size)] for number in range(filters)]
    dilation, is_changed = slid.settings.dilation, slid.read.shape != slid.image.shape
    return {
        **_common(name, editable, slid.before, slid.step, slid.output),
        "spread": slid.settings.stride if slid.settings.transposed else 1,
        "inputTitle": "Input, as the kernel meets it" if is_changed else "Input",
        "inputs": [_input(slid, channel, not editable) for channel in range(len(slid.read))],
        "kernels": [
            [
                _map(part, f"channel {channel + 1}" if size > 1 else "weights")
                for channel, part in zip(read, weight, strict=True)
            ]
            for read, weight in zip(reads, slid.weight, strict=True)
        ],
        "reads": reads,
        "offsets": [[dilation * index for index in range(side)] for side in slid.weight.shape[2:]],
        "biases": [written_number(value) for value in slid.bias.tolist()],
        "sums": _texts(slid.products.sum((4, 5))),
        "pooling": "",
        "turned": slid.settings.transposed,
    }


def pooled_data(pooled: Pooled, name: str, editable: bool) -> dict[str, Any]:
    """The component's data for pooling, which has no kernel."""
    return {
        **_common(name, editable, (0, 0), pooled.step, pooled.output),
        "spread": 1,
        "inputTitle": "Input",
        "inputs": [
            _map(part, _title(pooled.image, n, not editable)) for n, part in enumerate(pooled.image)
        ],
        "kernels": [],
        "reads": [[channel] for channel in range(len(pooled.image))],
        "offsets": [list(range(side)) for side in pooled.extent],
        "biases": [],
        "sums": [],
        "pooling": pooled.settings.kind,
    }


def _common(
    name: str, editable: bool, before: tuple[int, int], step: int, output: torch.Tensor
) -> dict[str, Any]:
    return {
        "name": name,
        "editable": editable,
        "before": before,
        "step": step,
        "rows": output.shape[1],
        "columns": output.shape[2],
        "outputs": [_map(part, _title(output, n), is_output=True) for n, part in enumerate(output)],
    }


def _title(maps: torch.Tensor, number: int, is_photo: bool = False) -> str:
    rows, columns = maps.shape[1:]
    size = f"{rows} x {columns}"
    if len(maps) == 1:
        return size
    return f"{COLOURS[number]}: {size}" if is_photo else f"map {number + 1}: {size}"


def _input(slid: Slide, channel: int, is_photo: bool) -> dict[str, Any]:
    """A channel of the input, with what is around and between its numbers."""
    (top, left), stride = slid.before, slid.settings.stride if slid.settings.transposed else 1
    rows, columns = slid.image.shape[1:]
    left_rows, left_columns = (
        range(side - left, side)
        for side, left in zip(slid.read.shape[1:], slid.unread, strict=True)
    )
    own_rows = {top + stride * row for row in range(rows)}
    own_columns = {left + stride * column for column in range(columns)}
    kinds = [
        [
            _kind(r in own_rows and c in own_columns, r in left_rows or c in left_columns)
            for c in range(slid.read.shape[2])
        ]
        for r in range(slid.read.shape[1])
    ]
    return {**_map(slid.read[channel], _title(slid.read, channel, is_photo)), "kinds": kinds}


def _kind(is_own: bool, is_left: bool) -> str:
    """What a cell of the input is, besides a number of it that a window reads."""
    own = "" if is_own else "padding"
    return f"{own} unread".strip() if is_left else own


def _map(numbers: torch.Tensor, title: str, is_output: bool = False) -> dict[str, Any]:
    is_legible = max(numbers.shape) <= LEGIBLE
    made = {"title": title, "numbers": _texts(numbers), "shows": is_legible}
    return made if is_legible else {**made, "shades": _shades(numbers, is_output)}


def _shades(numbers: torch.Tensor, is_signed: bool) -> list[list[str]]:
    """Grey by value: from 0 to the largest, or from the smallest where there are negative ones."""
    low = min(0.0, float(numbers.min())) if is_signed else 0.0
    high = max(float(numbers.max()), low + 1e-6)
    grey = ((numbers - low) / (high - low) * 255).clamp(0, 255).round().int().tolist()
    return [[f"rgb({value},{value},{value})" for value in row] for row in grey]


def _texts(numbers: torch.Tensor) -> Any:
    if numbers.ndim == 1:
        return [written_number(value) for value in numbers.tolist()]
    return [_texts(part) for part in numbers]
