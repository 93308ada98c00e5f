"""Results kept for all visitors within a number of bytes; the least recently used go first.

Streamlit's caches count entries, and what is computed on photos differs in size a thousandfold.
"""

import inspect
import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import cachetools
import numpy as np
import torch
from PIL import Image
from torch import nn

from cnnviz.settings import settings

P = ParamSpec("P")
T = TypeVar("T")

OVERHEAD = 1000  # bytes of an entry whatever it holds


class ByteCache:
    """A cache that many threads share; treat what it gives as read-only."""

    def __init__(self, most_bytes: float) -> None:
        self._entries: cachetools.LRUCache[Hashable, Any]
        self._entries = cachetools.LRUCache(most_bytes, getsizeof=size)
        self._changed = threading.Condition()

    def remember(self, function: Callable[P, T]) -> Callable[P, T]:
        """Keep a function's results; threads that ask for one at once wait for one computation.

        What it is called with is the key, but for parameters whose names begin with an underscore;
        an argument that has a ``cache_key`` is known by that.
        """
        signature = inspect.signature(function)
        name = f"{function.__module__}.{function.__qualname__}"

        def key(*args: Any, **kwargs: Any) -> Hashable:
            given = signature.bind(*args, **kwargs)
            given.apply_defaults()
            named = ((k, v) for k, v in given.arguments.items() if not k.startswith("_"))
            return (name, *((k, getattr(v, "cache_key", v)) for k, v in named))

        cached = cachetools.cached(self._entries, key=key, condition=self._changed)(function)
        return wraps(function)(lambda *args, **kwargs: cached(*args, **kwargs))

    def keep(self, key: Hashable, value: Any) -> None:
        """Put a result in; one that is larger than the whole cache is not kept."""
        with self._changed:
            if size(value) <= self._entries.maxsize:
                self._entries[key] = value

    def kept(self, key: Hashable) -> Any:
        """The result that was put in under a key, or None."""
        with self._changed:
            return self._entries.get(key)

    def clear(self) -> None:
        """Forget everything."""
        with self._changed:
            self._entries.clear()

    @property
    def used(self) -> float:
        """Bytes that the results take."""
        with self._changed:
            return float(self._entries.currsize)


def size(value: Any) -> int:
    """Bytes of the arrays, tensors and images in a result, and a little for the rest."""
    return OVERHEAD + _content(value)


def _content(value: Any) -> int:
    if isinstance(value, np.ndarray | torch.Tensor):
        return int(value.nbytes)
    if isinstance(value, Image.Image):
        return value.width * value.height * len(value.getbands())
    if isinstance(value, nn.Module):
        return sum(tensor.nbytes for tensor in (*value.parameters(), *value.buffers()))
    if isinstance(value, str | bytes):
        return len(value)
    return sum(_content(part) for part in _parts(value))


def _parts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value.values()
    if is_dataclass(value):
        return [getattr(value, each.name) for each in fields(value)]
    return value if isinstance(value, tuple | list) else ()


# What is computed on photos, and the networks that compute it.
results = ByteCache(settings().cache_mb * 1e6)
networks = ByteCache(settings().networks_mb * 1e6)
