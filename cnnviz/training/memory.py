"""Memory that a training takes."""

from __future__ import annotations

import sys

import torch


def memory_in_use(device: torch.device) -> int | None:
    """Largest number of bytes so far: on a CUDA device, else of this process; None if unknown."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
