"""A photo to a network's input, and its output to the most probable classes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import torch
from PIL import Image

from cnnviz.architectures import Network, NetworkSpec, variant
from cnnviz.architectures.base import NUM_CLASSES
from cnnviz.architectures.given import made_for
from cnnviz.images.preprocessing import Preprocessing, crop_for_network, preprocess
from cnnviz.progress import Progress, batches, ignore_progress

# Names of the classes by data set; ImageNet's come from torchvision.
LABELS = {
    "CIFAR-10": (
        *("airplane", "automobile", "bird", "cat", "deer"),
        *("dog", "frog", "horse", "ship", "truck"),
    ),
    "MNIST": tuple("0123456789"),
    "two classes": ("class 0", "class 1"),
}
# On one thread an image costs the same in a batch of 4 as in one of 16, and progress is told, and a
# stop heard, four times as often.
BATCH = 4
MAX_SPECS = 256  # whose preprocessing and labels are at hand


@dataclass(frozen=True)
class Answer:
    """One class with the probability that the network gives it, in [0, 1]."""

    class_index: int
    label: str
    probability: float


@lru_cache(MAX_SPECS)
def preprocessing(spec: NetworkSpec, resolution: int | None = None) -> Preprocessing:
    """How a photo is prepared for a network: as for torchvision's weights, 256 px cropped to 224.

    Small inputs (CIFAR) are not cropped from something larger: they show the whole centre square.
    So do networks that a run has trained, at the run's resolution and by its data's statistics.

    Args:
        spec: The network.
        resolution: Side of its input in pixels; default the network's own.
    """
    if spec.trained_on:
        seen = spec.trained_on
        side = resolution or seen.resolution
        return Preprocessing(side, side, seen.mean, seen.std)
    own = made_for(spec)
    resolution = resolution or own
    resize = round(resolution * 256 / 224) if own >= 64 else resolution
    if variant(spec.variant).half_normalised:
        return Preprocessing(resize, resolution, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
    return Preprocessing(resize, resolution)


def in_its_colours(spec: NetworkSpec, photo: Image.Image) -> Image.Image:
    """The RGB photo as it is, or in greys for a network with one input channel."""
    return photo if spec.in_channels == 3 else photo.convert("L").convert("RGB")


def seen_by(spec: NetworkSpec, photo: Image.Image, resolution: int | None = None) -> Image.Image:
    """The very pixels that a network sees of a photo, RGB; for ``resolution`` see above."""
    return crop_for_network(in_its_colours(spec, photo), preprocessing(spec, resolution))


def network_input(
    spec: NetworkSpec, photo: Image.Image, resolution: int | None = None
) -> torch.Tensor:
    """A photo as float32 (1, in_channels, H, W); one channel is the mean of the normalised grey.

    For ``resolution`` see ``preprocessing``.
    """
    image = preprocess(in_its_colours(spec, photo), preprocessing(spec, resolution))
    return image if spec.in_channels == 3 else image.mean(dim=1, keepdim=True)


def normalised(spec: NetworkSpec, pictures: torch.Tensor) -> torch.Tensor:
    """Pictures as a network's input, (N, in_channels, H, W), as ``network_input`` makes it.

    Args:
        spec: The network.
        pictures: float32 (N, 3, H, W) in [0, 1]; a network with one input channel wants greys.
    """
    images = preprocessing(spec).normalised(pictures)
    return images if spec.in_channels == 3 else images.mean(dim=1, keepdim=True)


def many_probabilities(
    network: Network,
    count: int,
    images: Callable[[slice], torch.Tensor],
    progress: Progress = ignore_progress,
) -> np.ndarray:
    """Softmax of the logits of ``count`` images, float32 (count, num_classes).

    Args:
        network: In eval mode; it may be shared by threads.
        count: How many images there are.
        images: Makes the images of a slice of 0 ... count - 1, (n, C, H, W), so that only those of
            one batch are in memory.
        progress: Told the share that is done; what it raises ends the work.
    """
    parts = []
    for some in batches(count, BATCH, progress):
        with torch.inference_mode():
            parts.append(network(images(some)).softmax(dim=1).numpy(force=True))
    return np.concatenate(parts)


def top(probabilities: np.ndarray, labels: tuple[str, ...], count: int = 5) -> list[Answer]:
    """The most probable classes, best first.

    Raises:
        ValueError: ``count`` is not positive.
    """
    if count < 1:
        raise ValueError(f"top must be at least 1; received {count}.")
    best = np.argsort(-probabilities, kind="stable")[:count]
    return [Answer(int(index), labels[index], float(probabilities[index])) for index in best]


@lru_cache(MAX_SPECS)
def labels(spec: NetworkSpec) -> tuple[str, ...]:
    """Names of a network's classes, by index, as far as they are known, else "class 0", ...

    They are those of the data that a run has trained it on, or those that were given with the
    weights, or those of the data set that its variant was published for.
    """
    if spec.trained_on:
        return spec.trained_on.classes
    if spec.class_names:
        return spec.class_names
    dataset = variant(spec.variant).dataset
    if NUM_CLASSES[dataset] != spec.num_classes:
        return tuple(f"class {index}" for index in range(spec.num_classes))
    return _dataset_labels(dataset)


@cache
def _dataset_labels(dataset: str) -> tuple[str, ...]:
    if dataset in LABELS:
        return LABELS[dataset]
    from torchvision.models import ResNet18_Weights

    return tuple(ResNet18_Weights.IMAGENET1K_V1.meta["categories"])
