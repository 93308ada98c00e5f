"""The answers of a network to many changed versions of one photo, in batches."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from cnnviz.architectures import Network
from cnnviz.progress import Progress, batches, unheard

# On one thread an image costs the same in a batch of 4 as in one of 16, and progress is told, and a
# stop heard, four times as often.
BATCH = 4


def many_probabilities(
    network: Network,
    count: int,
    images: Callable[[slice], torch.Tensor],
    progress: Progress = unheard,
) -> np.ndarray:
    """Softmax of the logits of ``count`` images, float32 (count, num_classes).

    Args:
        network: In eval mode; it may be shared by threads.
        count: How many images there are.
        images: Makes the images of a slice of 0 ... count - 1, (n, C, H, W), so that only those of
            one batch are in memory.
        progress: Told the share that is done; what it raises ends the work.
    """
    found = []
    for some in batches(count, BATCH, progress):
        with torch.inference_mode():
            found.append(network(images(some)).softmax(dim=1).numpy(force=True))
    return np.concatenate(found)
