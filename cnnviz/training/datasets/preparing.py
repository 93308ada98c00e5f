"""Images of any size and colour become the data that a network of a given input wants."""

from dataclasses import replace

import numpy as np
import torch
from torch.nn import functional

from cnnviz.progress import Progress, batches, ignore_progress, part
from cnnviz.training.datasets.base import Data, DataError, Split

BATCH = 1000  # Images prepared at once; the work on all of them might not fit the memory.
MAX_BYTES = 2_000_000_000  # of the images of one data set in memory
MIN_SIDE, MAX_SIDE = 8, 512  # px
MAX_PADDING = 8  # px, of both sides together
GREY = (0.299, 0.587, 0.114)  # Luminance as Pillow has it: ITU-R BT.601, section 2.5.1.
MIN_STD = 1 / 255  # Images of one colour have none, and are divided by it.
TEST_SHARE = 0.2


def require_size(count: int, side: int, channels: int) -> None:
    """Accept images that can be made and that the memory holds.

    Raises:
        ValueError: Side or channels are none that a network takes.
        DataError: So many images of that size take more than ``MAX_BYTES``.
    """
    if not MIN_SIDE <= side <= MAX_SIDE:
        raise ValueError(f"side must be from {MIN_SIDE} to {MAX_SIDE} px; received {side}.")
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 or 3; received {channels}.")
    size = count * side * side * channels
    if size > MAX_BYTES:
        raise DataError(
            f"{count:,} images of {side} x {side} px take {size / 1e9:.1f} GB of memory, more than "
            f"{MAX_BYTES / 1e9:.0f} GB; choose a smaller side or fewer images."
        )


def prepared(
    data: Data, side: int, channels: int, progress: Progress = ignore_progress, pads: bool = False
) -> Data:
    """The data with images of another side and other channels, and with their mean and std.

    Args:
        data: Its images are square; its mean and std are not looked at.
        side: Height and width wanted, in pixels.
        channels: 1: colours become their luminance; 3: greys are repeated.
        progress: Told how far it is.
        pads: Whether images that grow by at most ``MAX_PADDING`` are framed in black instead of
            resized, as LeNet-5 sees digits of 28 px in a field of 32 (LeCun et al. 1998, II.B).

    Raises:
        ValueError: Side or channels are none that a network takes.
        DataError: The images would not fit the memory.
    """
    count = len(data.train) + len(data.test)
    require_size(count, side, channels)
    share = len(data.train) / count
    train = _prepared(data.train, side, channels, part(progress, 0.0, share), pads)
    test = _prepared(data.test, side, channels, part(progress, share, 1.0), pads)
    mean, std = mean_and_std(train.images)
    return replace(data, train=train, test=test, mean=mean, std=std)


def _prepared(split: Split, side: int, channels: int, progress: Progress, pads: bool) -> Split:
    if split.images.shape[1:] == (side, side, channels):
        progress(1.0)
        return split
    images = torch.empty(len(split), side, side, channels, dtype=torch.uint8)
    for window in batches(len(split), BATCH, progress):
        few = split.images[window]
        if channels == 1:  # Colours are made grey before they are resized, greys coloured after.
            few = with_channels(few, channels)
        images[window] = with_channels(resized(few, side, pads), channels)
    return Split(images, split.labels)


def with_channels(images: torch.Tensor, channels: int) -> torch.Tensor:
    """Images (N, H, W, C) as grey (1) or as red, green and blue (3)."""
    if images.shape[3] == channels:
        return images
    if channels == 3:
        return images.expand(-1, -1, -1, 3)
    return (images.float() @ torch.tensor(GREY)).round().to(torch.uint8).unsqueeze(3)


def resized(images: torch.Tensor, side: int, pads: bool = False) -> torch.Tensor:
    """Square images (N, H, H, C) with another side: bilinear with antialiasing, or padded."""
    grown = side - images.shape[1]
    if grown == 0:
        return images
    if pads and 0 < grown <= MAX_PADDING:
        before, after = grown // 2, grown - grown // 2
        return functional.pad(images, (0, 0, before, after, before, after))
    # On bytes and not on floats: a tenth of the time, and at most one of 255 levels beside it.
    planes = images.permute(0, 3, 1, 2)
    smooth = functional.interpolate(planes, (side, side), mode="bilinear", antialias=True)
    return smooth.permute(0, 2, 3, 1)


def mean_and_std(images: torch.Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of the pixels (N, H, W, C) in [0, 1], a channel.

    They come from how often each of the 256 values is there, so they are exact.
    """
    values = np.arange(256) / 255
    means, stds = [], []
    for channel in images.unbind(3):
        share = torch.bincount(channel.flatten(), minlength=256).double().numpy() / channel.numel()
        mean = float(share @ values)
        means.append(mean)
        stds.append(max(float(np.sqrt(share @ (values - mean) ** 2)), MIN_STD))
    return tuple(means), tuple(stds)


def stratified(labels: torch.Tensor, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Positions to train on and to test on, in order: of each class ``TEST_SHARE`` for the test.

    Each class has at least one of both.

    Args:
        labels: (N,); at least two of each class.
        seed: Decides which; the same seed takes the same.
    """
    generator = np.random.default_rng(seed)
    is_test = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels.numpy()):
        positions = np.flatnonzero(labels.numpy() == label)
        most = max(1, round(TEST_SHARE * len(positions)))
        is_test[generator.permutation(positions)[:most]] = True
    return torch.from_numpy(np.flatnonzero(~is_test)), torch.from_numpy(np.flatnonzero(is_test))
