"""How many runs this machine trains at once; never initialises CUDA in this process."""

import functools
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping

from cnnviz.settings import settings

COUNT = "import torch; print(torch.cuda.device_count())"
TIMEOUT = 120.0  # seconds that torch may take to count


def slots() -> Mapping[str, int]:
    """How many runs each device of this machine trains at once.

    CNNVIZ_SLOTS sets it. The default is one run on each CUDA device, or one on the CPU if there is
    none.

    Raises:
        ValueError: CNNVIZ_SLOTS has another format.
    """
    return settings().slots or dict.fromkeys(_cuda_devices(), 1) or {"cpu": 1}


def host() -> str:
    """The host name of this machine."""
    return socket.gethostname()


@functools.cache
def _cuda_devices() -> tuple[str, ...]:
    """The names of the CUDA devices that torch can use."""
    if not shutil.which("nvidia-smi"):
        return ()
    # torch counts them in a process of its own: it may lack CUDA, or see fewer devices.
    counted = subprocess.run(
        [sys.executable, "-c", COUNT], capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    count = counted.stdout.strip()
    return tuple(f"cuda:{number}" for number in range(int(count if count.isdecimal() else 0)))
