"""Resizes kernels and grids, preserving existing numbers where they fit."""

import torch


def resized_kernel(weight: torch.Tensor, filters: int, channels: int, side: int) -> torch.Tensor:
    """Resize a kernel; existing numbers stay in the centre and in the first channels.

    New border pixels are 0, new channels repeat the last one, and new filters are earlier ones
    rotated by 90 degrees, so that they detect something else.

    Args:
        weight: (filters, channels, rows, columns).
        filters: At least 1.
        channels: Channels of each filter, at least 1.
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
    """Change the number of channels along an axis, by truncation or by repeating the last one."""
    indices = torch.arange(channels).clamp(max=numbers.shape[axis] - 1)
    return numbers.index_select(axis, indices)


def _centred(numbers: torch.Tensor, axis: int, side: int) -> torch.Tensor:
    """Crop or pad with zeros on both sides; an odd difference has its larger half at the end."""
    have = numbers.shape[axis]
    if have >= side:
        return numbers.narrow(axis, (have - side) // 2, side)
    before = (side - have) // 2
    shape = list(numbers.shape)
    shape[axis] = side
    made = numbers.new_zeros(shape)
    made.narrow(axis, before, have).copy_(numbers)
    return made
