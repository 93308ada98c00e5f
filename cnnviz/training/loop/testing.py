"""Tests a network during training: loss, accuracy and diagnostics."""

from dataclasses import dataclass

import torch
from torch.nn import functional

from cnnviz.architectures import Network
from cnnviz.training.augmentation import normalise, scaled
from cnnviz.training.datasets.base import Split
from cnnviz.training.loop.diagnostics import Inside, watched
from cnnviz.training.loop.step import Step

BATCH, BATCH_ON_GPU = 500, 2000  # small batches leave a GPU idle
WATCHED = 256  # test images for dead ReLUs and gates


@dataclass(frozen=True)
class Tested:
    """Results of a test.

    Attributes:
        loss: Mean cross-entropy, without label smoothing.
        accuracy: Accuracy in [0, 1].
        inside: Diagnostics on the first images.
    """

    loss: float
    accuracy: float
    inside: Inside


def tested(step: Step, network: Network, split: Split) -> Tested:
    """Test a network on a split in eval mode; restores its mode.

    It computes in float32, so that the results equal those of the page Evaluate.

    Args:
        step: Provides the normalisation.
        network: The trained network or its average.
        split: Test images on the step's device.
    """
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            with watched(network) as inside:
                _logits(step, network, split.images[:WATCHED])
            sums = torch.zeros(2, device=step.device)
            size = BATCH_ON_GPU if step.device.type == "cuda" else BATCH
            for start in range(0, len(split), size):
                part = split.take(slice(start, start + size))
                sums += _sums(_logits(step, network, part.images), part.labels)
            loss, right = sums.tolist()
    finally:
        network.train(was_training)
    return Tested(loss / len(split), right / len(split), inside)


def _logits(step: Step, network: Network, images: torch.Tensor) -> torch.Tensor:
    logits: torch.Tensor = network(normalise(scaled(images), step.mean, step.std))
    return logits


def _sums(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Sums of the loss and of correct predictions, (2,)."""
    loss = functional.cross_entropy(logits, labels, reduction="sum")
    return torch.stack([loss, (logits.argmax(dim=1) == labels).sum().to(loss.dtype)])
