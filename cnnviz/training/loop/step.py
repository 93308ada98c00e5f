"""A training step on the device, without synchronisation."""

import contextlib
import os
import shutil
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from cnnviz.analysis.kinds import layers_of
from cnnviz.architectures import Network
from cnnviz.training.augmentation import Augmentation, normalise
from cnnviz.training.datasets.base import Data, Split
from cnnviz.training.loop.optimisers import optimiser
from cnnviz.training.loop.resizing import resized
from cnnviz.training.options import NETWORK, TrainingOptions

# Weight of an auxiliary head's loss: Szegedy et al. 2015, section 5.
AUXILIARY_WEIGHT = 0.3


class Step:
    """A network with its optimiser and next batch; ``run`` makes one step.

    Attributes:
        network: In training mode, on the device, channels last.
        optimiser: Optimiser of its parameters.
        positions: Positions of the next training images, int64 (batch,).
        rng: Generator of the augmentation; None: torch's own, which a CUDA graph needs.
        side: Side of the training images in pixels.
        totals: Sums since ``clear``, float32 (3,): loss times images, correct predictions, images.
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
        """The device of network and data."""
        return self.positions.device

    def run(self) -> None:
        """Train on the images at ``positions`` and add to ``totals``."""
        batch = self._train.take(self.positions)
        images = resized(self._augmentation.augmented(batch.images, self.rng), self.side)
        pixels = normalise(images, self.mean, self.std)
        self.optimiser.zero_grad(set_to_none=True)
        with autocast(self.device, self.precision):
            logits, *early = _all_logits(self._forward(pixels))
        loss = self._loss(logits, batch.labels)
        companions = sum(self._loss(each, batch.labels) for each in early)
        (loss + AUXILIARY_WEIGHT * companions).backward()
        self.optimiser.step()
        self._count(loss.detach(), logits.detach(), batch.labels)

    def clear(self) -> None:
        """Reset ``totals``."""
        self.totals.zero_()

    def _loss(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(
            logits.to(torch.float32), labels, label_smoothing=self._smoothing
        )

    def _count(self, loss: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor) -> None:
        size = len(labels)
        right = (logits.argmax(dim=1) == labels).sum()
        self.totals += torch.stack([loss * size, right.to(loss.dtype), torch.full_like(loss, size)])


def _all_logits(output: torch.Tensor | tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    """The logits, followed by those of auxiliary heads."""
    return output if isinstance(output, tuple) else (output,)


def precision(options: TrainingOptions, device: torch.device) -> torch.dtype:
    """The number format of convolutions; "auto" is bfloat16 on devices that are fast with it."""
    if options.precision != "auto":
        return torch.bfloat16 if options.precision == "bfloat16" else torch.float32
    return torch.bfloat16 if _supports_bfloat16(device) else torch.float32


def _supports_bfloat16(device: torch.device) -> bool:
    """Whether it multiplies bfloat16 in hardware: Ampere GPUs or later, CPUs with AVX-512 or AMX.

    Otherwise a step takes ten times as long as in float32.
    """
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def autocast(device: torch.device, precision: torch.dtype) -> Any:
    """A context in which a network computes in a format."""
    if precision == torch.float32:
        return contextlib.nullcontext()
    # Each weight is used once per step, and a CUDA graph does not permit caching.
    return torch.autocast(device.type, precision, cache_enabled=False)


def compiled(network: nn.Module) -> Any:
    """Compile a network with torch.compile, at its first call, sharing the weights.

    Raises:
        ValueError: There is no C++ compiler, which the CPU needs.
    """
    on_cpu = next(network.parameters()).device.type == "cpu"
    if on_cpu and not any(map(shutil.which, (os.environ.get("CXX", "c++"), "g++", "clang++"))):
        raise ValueError(
            "compiled must be off on a computer without a C++ compiler (g++ or clang++); "
            "received True."
        )
    return torch.compile(network, dynamic=False)


def set_dropout(network: nn.Module, chosen: str) -> None:
    """Set the probability of all dropout layers; "network" does nothing.

    Raises:
        ValueError: The network has no dropout layer.
    """
    if chosen == NETWORK:
        return
    layers: list[Any] = list(layers_of(network, "dropout").values())
    if not layers and float(chosen):
        raise ValueError(
            f"dropout must be {NETWORK!r} or '0' for a network without dropout layers; "
            f"received {chosen!r}."
        )
    for layer in layers:
        layer.p = float(chosen)
