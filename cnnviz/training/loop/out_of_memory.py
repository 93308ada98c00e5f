"""What to do when a batch does not fit into the device's memory."""

from __future__ import annotations

import gc
from collections.abc import Callable

import torch

from cnnviz.training.loop.state import Training
from cnnviz.training.options import BATCH_SIZES


def memory_sentence(training: Training) -> str:
    """What to say of a batch that does not fit: the largest one that does, found by halving."""
    batch = len(training.work.positions)
    largest = largest_batch(batch, lambda size: _fits(training, size))
    start = f"A batch of {batch} images does not fit into the memory of {training.device}"
    if largest is None:
        return f"{start}, and neither does a smaller one; choose a smaller network or resolution."
    return f"{start}; choose a batch size of {largest}."


def largest_batch(batch: int, fits: Callable[[int], bool]) -> int | None:
    """The largest batch size below one that is too large, or None if none fits."""
    smaller = [size for size in reversed(BATCH_SIZES) if size < batch]
    return next((size for size in smaller if fits(size)), None)


def _fits(training: Training, batch: int) -> bool:
    """Whether one step of so many images can be made; the run is lost by now, so it may change."""
    training.work.optimiser.zero_grad(set_to_none=True)
    training.work.positions = training.work.positions[:batch].clone()
    _let_go(training.device)
    try:
        training.work.run()
    except torch.OutOfMemoryError:
        return False
    return True


def _let_go(device: torch.device) -> None:
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
