"""One training step: a batch from the device's memory to changed weights, nothing waited for."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from cnnviz.architectures import Network
from cnnviz.training.augmentation import Augmentation, normalise
from cnnviz.training.datasets.base import Data, Split
from cnnviz.training.loop.optimisers import optimiser
from cnnviz.training.options import NETWORK, TrainingOptions
from cnnviz.training.resizing import resized

# Weight of an auxiliary head's loss: Szegedy et al. 2015, section 5.
AUXILIARY_WEIGHT = 0.3


class Step:
    """A network, its optimiser and where the next batch lies; ``run`` makes one step.

    Attributes:
        network: In training mode, on the device, channels last.
        optimiser: Of its parameters.
        positions: int64 (batch,), the training images of the next step.
        rng: Of the augmentation; None: torch's own generator, as a CUDA graph needs.
        side: Of the images that the network trains on, in pixels.
        totals: float32 (3,): loss times images, images answered right, images; since ``clear``.
    """

    def __init__(
        self, network: Network, data: Data, options: TrainingOptions, device: torch.device
    ) -> None:
        self.network: Any = network.to(device).to(memory_format=torch.channels_last)
        self._forward = compiled(network) if options.compiled else self.network
        self.optimiser = optimiser(network, options)
        batch = min(options.batch_size, len(data.train))
        self.positions = torch.zeros(batch, dtype=torch.int64, device=device)
        self.rng: torch.Generator | None = None
        self.side = data.side
        self.totals = torch.zeros(3, device=device)
        self._train = Split(data.train.images.to(device), data.train.labels.to(device))
        self._augmentation = Augmentation(options, data, device)
        self.mean = torch.tensor(data.mean, device=device).view(1, -1, 1, 1)
        self.std = torch.tensor(data.std, device=device).view(1, -1, 1, 1)
        self._smoothing = options.label_smoothing
        self.precision = precision(options, device)

    @property
    def device(self) -> torch.device:
        """Where everything lies."""
        return self.positions.device

    def run(self) -> None:
        """Train on the images at ``positions`` and add to ``totals``."""
        batch = self._train.take(self.positions)
        images = resized(self._augmentation.augmented(batch.images, self.rng), self.side)
        pixels = normalise(images, self.mean, self.std)
        self.optimiser.zero_grad(set_to_none=True)
        with autocast(self.device, self.precision):
            logits, *early = _answers(self._forward(pixels))
        loss = self._loss(logits, batch.labels)
        companions = sum(self._loss(each, batch.labels) for each in early)
        (loss + AUXILIARY_WEIGHT * companions).backward()
        self.optimiser.step()
        self._count(loss.detach(), logits.detach(), batch.labels)

    def clear(self) -> None:
        """Let ``totals`` begin again."""
        self.totals.zero_()

    def _loss(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(
            logits.to(torch.float32), labels, label_smoothing=self._smoothing
        )

    def _count(self, loss: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor) -> None:
        size = len(labels)
        right = (logits.argmax(dim=1) == labels).sum()
        self.totals += torch.stack([loss * size, right.to(loss.dtype), torch.full_like(loss, size)])


def _answers(output: torch.Tensor | tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    """The logits, then those of auxiliary heads."""
    return output if isinstance(output, tuple) else (output,)


def precision(options: TrainingOptions, device: torch.device) -> torch.dtype:
    """The number format of convolutions: bfloat16 where the device is fast at it, or as asked."""
    if options.precision != "auto":
        return torch.bfloat16 if options.precision == "bfloat16" else torch.float32
    return torch.bfloat16 if _is_fast_at_bfloat16(device) else torch.float32


def _is_fast_at_bfloat16(device: torch.device) -> bool:
    """Whether it multiplies them in hardware: Ampere cards and later, CPUs with AVX-512 or AMX.

    Where it does not, a step takes ten times as long as in float32.
    """
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def autocast(device: torch.device, precision: torch.dtype) -> Any:
    """The context in which a network computes in that format."""
    if precision == torch.float32:
        return contextlib.nullcontext()
    # Each weight is used once a step, so there is nothing to cache, and a CUDA graph must not.
    return torch.autocast(device.type, precision, cache_enabled=False)


def compiled(network: nn.Module) -> Any:
    """The network as torch.compile makes it, with the same weights; compiled at its first call.

    Raises:
        ValueError: There is no C++ compiler, which a network on a CPU needs.
    """
    on_cpu = next(network.parameters()).device.type == "cpu"
    if on_cpu and not any(map(shutil.which, (os.environ.get("CXX", "c++"), "g++", "clang++"))):
        raise ValueError(
            "compiled must be off on a computer without a C++ compiler (g++ or clang++); "
            "received True."
        )
    return torch.compile(network, dynamic=False)


def set_dropout(network: nn.Module, chosen: str) -> None:
    """Give all dropout layers of a network that probability; "network" leaves them.

    Raises:
        ValueError: A probability is wanted and there is no such layer.
    """
    if chosen == NETWORK:
        return
    layers = [m for m in network.modules() if isinstance(m, nn.Dropout | nn.Dropout2d)]
    if not layers and float(chosen):
        raise ValueError(
            f"dropout must be {NETWORK!r} or '0' for a network without dropout layers; "
            f"received {chosen!r}."
        )
    for layer in layers:
        layer.p = float(chosen)
