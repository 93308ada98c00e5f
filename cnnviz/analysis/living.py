"""Bytes of the tensors that live at the same time while a network looks at an image."""

import weakref
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


def living_bytes(network: nn.Module, image: torch.Tensor) -> int:
    """The most bytes that live at once in a forward pass: the image and what is made of it.

    A tensor lives as long as Python holds it: what a layer reads until it is done, what a block, a
    stage and the network itself read until they are. The network runs on the meta device, where
    storages have sizes and no bytes; a convolution's workspace is therefore left out.

    Args:
        network: On the meta device, in eval mode.
        image: (N, C, H, W), on the meta device.
    """
    living = _Living(network)
    living.watch(image)
    with torch.no_grad(), living:
        network(image)
    return living.most


class _Living(TorchDispatchMode):
    """Adds up storages from their first tensor to the end of their last; local to its thread.

    Attributes:
        most: The largest sum so far, in bytes.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        weights = [*network.parameters(), *network.buffers()]
        self._known = {tensor.untyped_storage()._cdata for tensor in weights}
        self._now = self.most = 0

    def watch(self, tensor: torch.Tensor) -> None:
        """Count a tensor's storage from now on, unless it is counted or holds weights."""
        storage = tensor.untyped_storage()
        if storage._cdata in self._known:
            return
        self._known.add(storage._cdata)
        self._now += storage.nbytes()
        self.most = max(self.most, self._now)
        weakref.finalize(storage, self._forget, storage._cdata, storage.nbytes())

    def _forget(self, key: int, size: int) -> None:
        self._known.remove(key)
        self._now -= size

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        output = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(output):
            if isinstance(leaf, torch.Tensor):
                self.watch(leaf)
        return output
