"""Controls that the sections of the lab share: values in the address, examples, settings."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import streamlit as st
import torch

from cnnviz.hyperparameters import Config
from cnnviz.lab.grid import grid, written_grid
from cnnviz.ui.parts import address
from cnnviz.ui.parts.address import Key
from cnnviz.ui.parts.choices import bound, choose_labelled, choose_option, hyperparameter_widget
from cnnviz.ui.parts.page import made_or_said

C = TypeVar("C", bound=Config)
P = ParamSpec("P")
T = TypeVar("T")
OVER = ("numbers", "photo")
FILTERS = "/"  # between the filters of a written kernel


def says_errors(function: Callable[P, T]) -> Callable[P, T | None]:
    """Let a function of written numbers say in a sentence what is wrong with them."""

    @wraps(function)
    def result_or_error(*args: P.args, **kwargs: P.kwargs) -> T | None:
        return made_or_said(lambda: function(*args, **kwargs))

    return result_or_error


def choose_over(first: str = "numbers", key: Key = address.OVER) -> str:
    """Whether a section works on a grid of numbers or on a photo.

    Args:
        first: What it begins with.
        key: In the address; of its own where another section begins otherwise.
    """
    return choose_labelled("Input", OVER, key, first)


def choose_preset(presets: Mapping[str, T], key: Key, follow: Callable[[T], Any]) -> T:
    """Menu of examples by title; ``follow`` writes a chosen one into the widgets' state."""
    if address.requested(key) not in ("", *presets):
        st.query_params.pop(key)
    return presets[
        choose_option(
            "Example",
            list(presets),
            key,
            on_change=lambda: follow(presets[st.session_state[key]]),
        )
    ]


def choose_settings(declared: type[C], prefix: str, first: Mapping[str, str]) -> C:
    """The settings of a section; each of its widgets is drawn from its declaration.

    Args:
        declared: Their Config.
        prefix: Of the widgets' names in the address.
        first: What an example changes, as text.

    Raises:
        ValueError: They break a relation.
    """
    start = declared().with_text(first)
    values = {}
    for h in declared.hyperparameters():
        key = address.SETTING.of(prefix, h.name)
        chosen = hyperparameter_widget(h, getattr(start, h.name), **bound(key))
        values[h.name] = chosen if chosen in h.options else getattr(start, h.name)
    return declared(**values)


def write_settings(declared: type[Config], prefix: str, changes: Mapping[str, str]) -> None:
    """Put an example's settings into the widgets' state."""
    start = declared().with_text(changes)
    for h in declared.hyperparameters():
        st.session_state[address.SETTING.of(prefix, h.name)] = getattr(start, h.name)


def kernel(written: str) -> torch.Tensor:
    """Filters as they are written, float32 (filters, channels, rows, columns).

    Raises:
        ValueError: They are no grids, or not of one size.
    """
    filters = [grid(part, "kernel") for part in written.split(FILTERS)]
    if len({tuple(each.shape) for each in filters}) > 1:
        raise ValueError("kernel must have filters of one size, with the same channels.")
    return torch.stack(filters)


def changed_numbers(written: str, change: Mapping[str, Any]) -> str:
    """A text of numbers with one of them replaced.

    Args:
        written: As it was.
        change: filter (of a kernel), channel, row, column and the value as it was typed.

    Raises:
        ValueError: The value is no number.
    """
    parts = written.split(FILTERS)
    number = int(change.get("filter", 0))
    numbers = grid(parts[number])
    value = grid(str(change["value"]) or "0", "A cell")
    if value.numel() != 1:
        raise ValueError(f"A cell must be one number; received {change['value']}.")
    row, column = int(change["row"]), int(change["column"])
    numbers[int(change["channel"]), row, column] = value.item()
    parts[number] = written_grid(numbers)
    return f" {FILTERS} ".join(part.strip() for part in parts)


def change_number(key: str, change: Mapping[str, Any]) -> None:
    """Put a cell that was typed into the numbers of a key, or keep what is wrong with it."""
    try:
        st.session_state[key] = changed_numbers(st.session_state[key], change)
        st.session_state["lab_changed"] = True
    except ValueError as error:
        st.session_state["lab_problem"] = str(error)
        st.session_state["lab_refused"] = refused() + 1


def say_problem() -> None:
    """Draw what was wrong with the cell that was typed last, once."""
    if problem := st.session_state.pop("lab_problem", None):
        st.error(problem, icon=":material/calculate:")


def refused() -> int:
    """How many cells were refused so far: cells that are drawn again show their numbers again."""
    return int(st.session_state.get("lab_refused", 0))
