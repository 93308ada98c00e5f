"""Grids of numbers as a person writes them: rows by semicolons, channels by bars."""

from __future__ import annotations

import torch

MOST = 12  # rows and columns that can be read on a projector
MAX_CHANNELS = 4
LARGEST = 999.0


def grid(written: str, name: str = "grid") -> torch.Tensor:
    """The numbers of a text such as "7 2 3; 4 5 3" or, with two channels, "1 2; 3 4 | 0 1; 1 0".

    Args:
        written: Numbers by spaces or commas, rows by semicolons or lines, channels by bars.
        name: What is written, for the sentence of an error.

    Returns:
        float32 (channels, rows, columns).

    Raises:
        ValueError: It is no grid, or larger than can be read.
    """
    channels = [_channel(part, name) for part in written.split("|")]
    shapes = {(len(channel), len(channel[0])) for channel in channels}
    if len(shapes) > 1:
        raise ValueError(f"{name} must have channels of one size; received {_sizes(shapes)}.")
    if len(channels) > MAX_CHANNELS:
        raise ValueError(
            f"{name} must have at most {MAX_CHANNELS} channels; received {len(channels)}."
        )
    return torch.tensor(channels, dtype=torch.float32)


def plane(written: str, name: str) -> torch.Tensor:
    """The numbers of a text with one channel, float32 (rows, columns).

    Raises:
        ValueError: It is no grid, or has several channels.
    """
    numbers = grid(written, name)
    if len(numbers) > 1:
        raise ValueError(f"{name} must have one channel; received {len(numbers)}.")
    return numbers[0]


def written_grid(numbers: torch.Tensor) -> str:
    """A grid, (channels, rows, columns), as ``grid`` reads it."""
    return " | ".join(
        "; ".join(" ".join(written_number(value) for value in row) for row in channel)
        for channel in numbers.tolist()
    )


def written_number(value: float) -> str:
    """A number without what it does not need: "3", "-0.5", "0.111"."""
    return f"{round(value, 3) + 0.0:g}"


def _channel(written: str, name: str) -> list[list[float]]:
    rows = [row.replace(",", " ").split() for row in written.replace("\n", ";").split(";")]
    rows = [row for row in rows if row]
    if not rows:
        raise ValueError(f"{name} must have a number in every channel; received {written!r}.")
    if len({len(row) for row in rows}) > 1:
        raise ValueError(
            f"{name} must have rows of one length; received {', '.join(str(len(r)) for r in rows)}."
        )
    if len(rows) > MOST or len(rows[0]) > MOST:
        raise ValueError(
            f"{name} must have at most {MOST} rows and columns; received {len(rows)} x "
            f"{len(rows[0])}."
        )
    return [[_number(text, name) for text in row] for row in rows]


def _number(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{name} must be made of numbers; received {text!r}.") from None
    if not abs(value) <= LARGEST:
        raise ValueError(f"{name} must have numbers up to {LARGEST:g}; received {text}.")
    return value


def _sizes(shapes: set[tuple[int, int]]) -> str:
    return " and ".join(f"{rows} x {columns}" for rows, columns in sorted(shapes))
