"""A network on the test images while it trains: its loss, its accuracy, and how it fares inside."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional

from cnnviz.architectures import Network
from cnnviz.training.augmentation import normalise
from cnnviz.training.datasets.base import Split
from cnnviz.training.loop.diagnostics import Inside, watched
from cnnviz.training.loop.step import Step

BATCH, BATCH_ON_CARD = 500, 2000  # A card waits for the launch of small ones.
WATCHED = 256  # test images that dead ReLUs and gates are judged by


@dataclass(frozen=True)
class Tested:
    """What a test found.

    Attributes:
        loss: Mean cross-entropy, without smoothing.
        accuracy: In [0, 1].
        inside: Of the first images.
    """

    loss: float
    accuracy: float
    inside: Inside


def tested(step: Step, network: Network, split: Split) -> Tested:
    """A network on all images of a split, in eval mode; then in the mode that it had.

    It computes in float32 whatever it trains in, so that the run's numbers are those of Evaluate.

    Args:
        step: Whose normalisation is used.
        network: The one that trains, or its average.
        split: On the step's device.
    """
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            with watched(network) as inside:
                _logits(step, network, split.images[:WATCHED])
            sums = torch.zeros(2, device=step.device)
            size = BATCH_ON_CARD if step.device.type == "cuda" else BATCH
            for start in range(0, len(split), size):
                part = split.take(slice(start, start + size))
                sums += _sums(_logits(step, network, part.images), part.labels)
            loss, right = sums.tolist()
    finally:
        network.train(was_training)
    return Tested(loss / len(split), right / len(split), inside)


def _logits(step: Step, network: Network, images: torch.Tensor) -> torch.Tensor:
    pixels = images.permute(0, 3, 1, 2).to(torch.float32).div_(255)
    logits: torch.Tensor = network(normalise(pixels, step.mean, step.std))
    return logits


def _sums(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Loss and right answers, summed over the images, (2,)."""
    loss = functional.cross_entropy(logits, labels, reduction="sum")
    return torch.stack([loss, (logits.argmax(dim=1) == labels).sum().to(loss.dtype)])
