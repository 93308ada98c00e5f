"""What this machine can run at once, found without touching a graphics card in this process."""

from __future__ import annotations

import functools
import os
import re
import shutil
import socket
import subprocess
import sys

COUNT = "import torch; print(torch.cuda.device_count())"
PATIENCE = 120.0  # seconds that torch may take to count


def slots() -> dict[str, int]:
    """How many runs go at once on each device of this machine.

    CNNVIZ_SLOTS says it as "cpu=2" or "cuda:0=2,cuda:1=1". Without it each CUDA device takes one
    run; where there is none, the CPU takes one.

    Raises:
        ValueError: CNNVIZ_SLOTS is written otherwise.
    """
    written = os.environ.get("CNNVIZ_SLOTS", "").strip()
    if not written:
        return dict.fromkeys(_cuda_devices(), 1) or {"cpu": 1}
    found = {}
    for part in written.split(","):
        matched = re.fullmatch(r"\s*(cpu|cuda:\d+)\s*=\s*(\d{1,3})\s*", part)
        if not matched:
            raise ValueError(
                f"CNNVIZ_SLOTS must be written like cpu=1 or cuda:0=2,cuda:1=1; received {written}."
            )
        found[matched[1]] = int(matched[2])
    return found


def host() -> str:
    """This machine's name."""
    return socket.gethostname()


@functools.cache
def _cuda_devices() -> tuple[str, ...]:
    """The names of the CUDA devices that torch can use."""
    if not shutil.which("nvidia-smi"):
        return ()
    # torch itself counts, in a process that ends: it may be built without CUDA, or be shown less.
    counted = subprocess.run(
        [sys.executable, "-c", COUNT], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    count = counted.stdout.strip()
    return tuple(f"cuda:{number}" for number in range(int(count if count.isdecimal() else 0)))
