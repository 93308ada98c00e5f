"""Memory that a training takes, and what to do when a batch does not fit into it."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable

import torch

from cnnviz.training.loop.step import Step
from cnnviz.training.options import BATCH_SIZES

# Of malloc.h.
M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3


def memory_in_use(device: torch.device) -> int | None:
    """Largest number of bytes so far: on a CUDA device, else of this process; None if unknown."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def keep_memory() -> None:
    """Have glibc keep what a training gives back, for its next step; once, in a process for it.

    Otherwise each step asks the system for its activations anew: 18,000 page faults a step of
    ResNet-20 with 128 images, 6 % of its time.
    """
    if sys.platform == "linux":
        glibc = ctypes.CDLL(None)
        if hasattr(glibc, "mallopt"):  # musl has none
            glibc.mallopt(M_MMAP_THRESHOLD, 2**30)
            glibc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)


def memory_sentence(work: Step) -> str:
    """What to say of a batch that does not fit: the largest one that does, found by halving."""
    batch = len(work.positions)
    largest = largest_batch(batch, lambda size: _fits(work, size))
    start = f"A batch of {batch} images does not fit into the memory of {work.device}"
    if largest is None:
        return f"{start}, and neither does a smaller one; choose a smaller network or resolution."
    return f"{start}; choose a batch size of {largest}."


def largest_batch(batch: int, fits: Callable[[int], bool]) -> int | None:
    """The largest batch size below one that is too large, or None if none fits."""
    smaller = [size for size in reversed(BATCH_SIZES) if size < batch]
    return next((size for size in smaller if fits(size)), None)


def _fits(work: Step, batch: int) -> bool:
    """Whether one step of so many images can be made; the run is lost by now, so it may change."""
    work.optimiser.zero_grad(set_to_none=True)
    work.positions = work.positions[:batch].clone()
    gc.collect()
    if work.device.type == "cuda":
        torch.cuda.empty_cache()
    try:
        work.run()
    except torch.OutOfMemoryError:
        return False
    return True
