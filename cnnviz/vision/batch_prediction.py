"""The answers of a network to many changed versions of one photo, in batches."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from cnnviz.architectures import Network, NetworkSpec
from cnnviz.vision.prediction import preprocessing
from cnnviz.vision.progress import Progress, batches, unheard

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


def require_class(network: Network, class_index: int) -> None:
    """Refuse a class that a network does not have.

    Raises:
        ValueError: There is no such class.
    """
    last = network.spec.num_classes - 1
    if not 0 <= class_index <= last:
        raise ValueError(f"class_index must be from 0 to {last}; received {class_index}.")


def require_one_image(image: torch.Tensor) -> None:
    """Refuse what is not one preprocessed image.

    Raises:
        ValueError: More or less than one image.
    """
    if image.dim() != 4 or image.shape[0] != 1:
        raise ValueError(f"image must be (1, C, H, W); received {tuple(image.shape)}.")


def normalised(spec: NetworkSpec, pictures: torch.Tensor) -> torch.Tensor:
    """Pictures as a network's input, (N, in_channels, H, W), as ``network_input`` makes it.

    Args:
        spec: The network.
        pictures: float32 (N, 3, H, W) in [0, 1]; a network with one input channel wants greys.
    """
    published = preprocessing(spec)
    mean = torch.tensor(published.mean).view(1, 3, 1, 1)
    std = torch.tensor(published.std).view(1, 3, 1, 1)
    images = (pictures - mean) / std
    return images if spec.in_channels == 3 else images.mean(dim=1, keepdim=True)
