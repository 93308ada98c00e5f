"""Grids of numbers as text: rows separated by semicolons, channels by bars."""

import torch

MAX_SIDE = 12  # rows and columns that are legible on a projector
MAX_CHANNELS = 4
LARGEST = 999.0


def grid(written: str, name: str = "grid") -> torch.Tensor:
    """Parse a grid such as "7 2 3; 4 5 3" or, with two channels, "1 2; 3 4 | 0 1; 1 0".

    Args:
        written: Numbers separated by spaces or commas, rows by semicolons or lines, channels by
            bars.
        name: Name of the grid in error messages.

    Returns:
        float32 (channels, rows, columns).

    Raises:
        ValueError: The text is not a grid, or the grid is too large.
    """
    channels = [_channel(part, name) for part in written.split("|")]
    shapes = {(len(channel), len(channel[0])) for channel in channels}
    if len(shapes) > 1:
        sizes = " and ".join(f"{rows} x {columns}" for rows, columns in sorted(shapes))
        raise ValueError(f"{name} must have channels of one size; received {sizes}.")
    if len(channels) > MAX_CHANNELS:
        raise ValueError(
            f"{name} must have at most {MAX_CHANNELS} channels; received {len(channels)}."
        )
    return torch.tensor(channels, dtype=torch.float32)


def plane(written: str, name: str) -> torch.Tensor:
    """Parse a grid of one channel, float32 (rows, columns).

    Raises:
        ValueError: The text is not a grid, or has several channels.
    """
    numbers = grid(written, name)
    if len(numbers) > 1:
        raise ValueError(f"{name} must have one channel; received {len(numbers)}.")
    return numbers[0]


def written_pixels(written: str) -> torch.Tensor:
    """Parse a square image of integers 0 to 255 in the format of ``grid``, uint8 (S, S, C).

    Raises:
        ValueError: The text is not a grid, not square, has other numbers or other channels.
    """
    numbers = grid(written, "picture")
    channels, height, width = numbers.shape
    if channels not in (1, 3):
        raise ValueError(f"picture must have 1 or 3 channels; received {channels}.")
    if height != width or height < 3:
        raise ValueError(f"picture must be square, of 3 x 3 or more; received {height} x {width}.")
    wrong = numbers[(numbers != numbers.round()) | (numbers < 0) | (numbers > 255)]
    if len(wrong):
        raise ValueError(
            f"picture must have whole numbers from 0 to 255; received {float(wrong[0]):g}."
        )
    return numbers.permute(1, 2, 0).to(torch.uint8)


def written_grid(numbers: torch.Tensor) -> str:
    """The text of a grid (channels, rows, columns), in the format of ``grid``."""
    return " | ".join(
        "; ".join(" ".join(written_number(value) for value in row) for row in channel)
        for channel in numbers.tolist()
    )


def written_number(value: float) -> str:
    """The shortest text of a number: "3", "-0.5", "0.111"."""
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
    if len(rows) > MAX_SIDE or len(rows[0]) > MAX_SIDE:
        raise ValueError(
            f"{name} must have at most {MAX_SIDE} rows and columns; received {len(rows)} x "
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
