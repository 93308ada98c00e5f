"""Resizes kernels, grids and photos for the lab."""

import numpy as np
import torch
from PIL import Image

PHOTO_SIDE = 32  # px, as on the slide


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


def small_photo(image: Image.Image, channels: int = 1, side: int = PHOTO_SIDE) -> torch.Tensor:
    """Reduce the centre square of a photo, float32 (channels, side, side), integers 0 to 255.

    Args:
        image: RGB photo.
        channels: 1 grey (the luma of ITU-R BT.601), 3 RGB.
        side: Side in pixels.

    Raises:
        ValueError: channels is neither 1 nor 3.
    """
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 or 3; received {channels}.")
    edge = min(image.size)
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    square = image.crop((left, top, left + edge, top + edge))
    small = square.resize((side, side), Image.Resampling.LANCZOS)
    pixels = np.asarray(small.convert("L" if channels == 1 else "RGB"), dtype=np.float32)
    return torch.from_numpy(pixels.reshape(side, side, channels)).permute(2, 0, 1).contiguous()
