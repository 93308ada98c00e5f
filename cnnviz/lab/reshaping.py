"""A kernel or a grid in another size, with what was there before kept where it fits."""

from __future__ import annotations

import torch


def resized_kernel(weight: torch.Tensor, filters: int, channels: int, side: int) -> torch.Tensor:
    """A kernel with other sizes; what it had stays in its middle and in its first channels.

    New pixels around are 0; a new channel is the last one again; a new filter is the one that many
    filters before it, turned by 90 degrees, so that it finds something else.

    Args:
        weight: (filters, channels, rows, columns).
        filters: At least 1.
        channels: Of each filter, at least 1.
        side: Rows and columns.

    Returns:
        (filters, channels, side, side).
    """
    centred = _centred(_centred(weight, 2, side), 3, side)
    repeated = with_channels(centred, channels, axis=1)
    made = list(repeated)
    while len(made) < filters:
        made.append(made[len(made) - len(repeated)].rot90(1, (1, 2)))
    return torch.stack(made[:filters])


def with_channels(numbers: torch.Tensor, channels: int, axis: int = 0) -> torch.Tensor:
    """Numbers with other channels along an axis: the first ones, or the last one repeated."""
    kept = torch.arange(channels).clamp(max=numbers.shape[axis] - 1)
    return numbers.index_select(axis, kept)


def _centred(numbers: torch.Tensor, axis: int, side: int) -> torch.Tensor:
    """Cut or filled with zeros on both sides; of an odd difference the larger half is behind."""
    have = numbers.shape[axis]
    if have >= side:
        return numbers.narrow(axis, (have - side) // 2, side)
    before = (side - have) // 2
    shape = list(numbers.shape)
    shape[axis] = side
    made = numbers.new_zeros(shape)
    made.narrow(axis, before, have).copy_(numbers)
    return made
