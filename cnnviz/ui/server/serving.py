"""Warm-up of the server process: heavy imports, thread counts, one pass of slow code."""

import ctypes
import gc
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache

import anyio.to_thread
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from cnnviz.settings import settings

# Of malloc.h.
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8

_warming = threading.Lock()


def check_settings() -> None:
    """End this process with one sentence where an environment variable is not what it must be."""
    try:
        settings()
    except ValueError as error:
        sys.exit(str(error))


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Warm the server up before it answers its first visitor."""
    # Until st.navigation has run once, a link into a page would show the folder's file names.
    PagesManager.uses_pages_directory = False
    await anyio.to_thread.run_sync(warm_up)
    yield


def warm_up() -> None:
    """Import and run once what the first visitor would wait for; further calls do nothing."""
    with _warming:
        _warm_up()


@cache
def _warm_up() -> None:
    gc.disable()  # nothing that imports leave is garbage; looking for some takes a quarter of them
    import plotly.graph_objects  # noqa: F401
    import torch
    import torchvision.models  # noqa: F401
    from threadpoolctl import threadpool_limits

    from cnnviz.analysis.graph import network_graph
    from cnnviz.analysis.layers import layer_table
    from cnnviz.architectures import specify

    # Visitors are many and cores are few: one thread an inference. (BLAS threads that wait for each
    # other made one Eigen-CAM take 3.9 s.)
    torch.set_num_threads(1)
    threadpool_limits(1, user_api="blas")
    _return_memory()
    layer_table(network_graph(specify("resnet18"), resolution=224))
    # Streamlit collects garbage after every run; what is loaded by now never is garbage.
    gc.collect()
    gc.freeze()
    gc.enable()


class ShortCollections:
    """Keeps the garbage collection short that Streamlit makes after every tick of every page.

    Sixty open pages are 40,000 objects, looked through in 40 ms, sixty times a second. So while
    pages tick, what lives is put aside every few seconds, and once a minute everything is looked
    through, what was put aside too: what a visitor leaves behind stays no longer.
    """

    FREEZE, COLLECT = 5.0, 60.0  # seconds

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._frozen = self._collected = clock()
        self._is_owing = False  # whether garbage may be among what was put aside

    def tend(self, is_ticking: bool) -> None:
        """Put aside or look through what is due; call it every second."""
        now = self._clock()
        if self._is_owing and now - self._collected >= self.COLLECT:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._frozen = self._collected = now
            self._is_owing = is_ticking
        elif is_ticking and now - self._frozen >= self.FREEZE:
            if not self._is_owing:
                self._collected = now
            gc.freeze()
            self._frozen, self._is_owing = now, True


def _return_memory() -> None:
    """Have glibc give arrays of 1 MB and more back to the system at once, and keep two heaps.

    Without it 240 photos left 170 MB behind; the passes through a network take as long as before.
    """
    if sys.platform == "linux":
        glibc = ctypes.CDLL(None)
        if hasattr(glibc, "mallopt"):  # musl has none
            glibc.mallopt(M_MMAP_THRESHOLD, 2**20)
            glibc.mallopt(M_ARENA_MAX, 2)
