"""Photos small enough to follow a kernel pixel by pixel."""

import numpy as np
import torch
from PIL import Image

SIDE = 32  # px, as on the slide


def small_photo(image: Image.Image, channels: int = 1, side: int = SIDE) -> torch.Tensor:
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
