"""The controls of the kernel: its values, size, groups and biases, each in the address."""

from dataclasses import dataclass

import streamlit as st
import torch

from cnnviz.lab.grid import grid, written_grid, written_number
from cnnviz.lab.presets import KERNELS, SlidingPreset
from cnnviz.lab.reshaping import resized_kernel, with_channels
from cnnviz.ui.lab.controls import FILTERS, kernel
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_step, write_text

OWN = "(as written)"
SIDES = (1, 2, 3, 4, 5, 7)
MAX_FILTERS = 6
CHANNELS = (1, 2, 3, 4)


@dataclass(frozen=True, eq=False)
class Kernel:
    """A kernel with its biases and groups.

    Attributes:
        weight: As it is written, (filters, channels of a group, rows, columns).
        bias: (filters,).
        groups: How many groups the input's channels are divided into.
    """

    weight: torch.Tensor
    bias: torch.Tensor
    groups: int

    @property
    def channels(self) -> int:
        """How many channels the input has."""
        return self.weight.shape[1] * self.groups

    def in_torch_layout(self, transposed: bool) -> torch.Tensor:
        """The weight in the layout of ``Conv2d`` or ``ConvTranspose2d``."""
        if not transposed:
            return self.weight
        return torch.cat([part.transpose(0, 1) for part in self.weight.chunk(self.groups)])


def choose_kernel(preset: SlidingPreset, over: str) -> Kernel:
    """Draw the kernel's controls.

    Raises:
        ValueError: What is written is no kernel.
    """
    st.selectbox("Kernel", [OWN, *KERNELS], key="filter", on_change=_follow_kernel)
    weight = kernel(write_text("Kernel values", address.KERNEL, preset.kernel))
    sizes = st.container()
    groups = choose_step(
        "Groups",
        CHANNELS,
        address.GROUPS,
        preset.groups,
        on_change=_follow_groups,
        help="Groups of channels; as many groups as channels is a depthwise convolution.",
    )
    with sizes:
        _choose_sizes(weight, weight.shape[1] * groups, (1, 3) if over == "photo" else CHANNELS)
    first = preset.bias if len(weight) == len(kernel(preset.kernel)) else "0"
    written = write_text("Bias, one number for each filter", address.BIAS, first)
    return Kernel(weight, _bias(written, len(weight)), groups)


def follow_preset(preset: SlidingPreset) -> None:
    """Put an example's kernel into the widgets' state."""
    st.session_state["filter"] = OWN
    st.session_state[address.KERNEL] = preset.kernel
    st.session_state[address.GROUPS], st.session_state[address.BIAS] = preset.groups, preset.bias


def complete_bias() -> None:
    """Give every filter a number of its own in the text, before one of them is changed."""
    filters = len(kernel(st.session_state[address.KERNEL]))
    bias = _bias(st.session_state[address.BIAS], filters)
    st.session_state[address.BIAS] = " ".join(map(written_number, bias.tolist()))


def _bias(written: str, filters: int) -> torch.Tensor:
    """One number for all filters, or one for each."""
    numbers = grid(written, "bias")
    if numbers.shape[:2] != (1, 1) or numbers.numel() not in (1, filters):
        raise ValueError(
            f"bias must be one number, or one row with a number for each of {filters} filters; "
            f"received {written!r}."
        )
    return numbers[0, 0].expand(filters).clone()


def _choose_sizes(weight: torch.Tensor, channels: int, known: tuple[int, ...]) -> None:
    """Sliders that write another kernel; they show the sizes of the one that is written."""
    for label, key, value, options in (
        ("Kernel size", "kernel_side", max(weight.shape[2:]), SIDES),
        ("Filters", "filters", len(weight), tuple(range(1, MAX_FILTERS + 1))),
        ("Input channels", "channels", channels, known),
    ):
        st.session_state[key] = value
        st.select_slider(
            label, sorted({*options, value}), key=key, on_change=_follow_sizes, args=(channels,)
        )


def _follow_sizes(channels: int) -> None:
    """Write the kernel in its new size, and the grid with as many channels as it reads."""
    state = st.session_state
    if state["channels"] != channels:
        state["groups"] = 1
        _write_channels(state["channels"])
    _write(state["filters"], state["channels"] // state["groups"], state["kernel_side"])


def _follow_groups() -> None:
    """Let each filter read the channels of one group, and each group have as many filters."""
    state = st.session_state
    if state["channels"] % state["groups"]:
        return
    filters = -(-state["filters"] // state["groups"]) * state["groups"]
    _write(filters, state["channels"] // state["groups"], state["kernel_side"])


def _write(filters: int, channels: int, side: int) -> None:
    weight = resized_kernel(kernel(st.session_state[address.KERNEL]), filters, channels, side)
    st.session_state[address.KERNEL] = f" {FILTERS} ".join(map(written_grid, weight))
    st.session_state["filter"] = OWN
    if len(grid(st.session_state[address.BIAS]).flatten()) not in (1, filters):
        st.session_state[address.BIAS] = "0"


def _write_channels(channels: int) -> None:
    if "grid" in st.session_state:
        written = with_channels(grid(st.session_state[address.GRID]), channels)
        st.session_state[address.GRID] = written_grid(written)


def _follow_kernel() -> None:
    chosen = st.session_state["filter"]
    if chosen in KERNELS:
        st.session_state[address.KERNEL], st.session_state[address.GROUPS] = KERNELS[chosen], 1
        st.session_state[address.BIAS] = "0"
        _write_channels(1)
