r"""Similar images for a network: distances of vectors in its last hidden layer.

Krizhevsky, Sutskever and Hinton 2012, ImageNet Classification with Deep Convolutional Neural
Networks, section 6.1: two images whose vectors in the last, 4,096-dimensional hidden layer have a
small Euclidean distance are alike to the higher levels of the network. Their Figure 4 (right) shows
five test images, each with the six training images that are nearest.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import nn

from cnnviz.architectures import Network
from cnnviz.hyperparameters import named
from cnnviz.images import Collection, DataError
from cnnviz.progress import Progress, batches, ignore_progress
from cnnviz.vision.capture import Place, recorded, submodule
from cnnviz.vision.forward_pass import ForwardPass, parts
from cnnviz.vision.prediction import network_input

BATCH = 8  # 16 are not faster on one CPU thread, with less frequent progress
THUMBNAIL = 48  # px
OVERFLOW = "The network's numbers are too large to compare; choose other weights."


@dataclass(frozen=True, eq=False)
class HiddenVector:
    """The input of a network's last layer for one image.

    Attributes:
        layer: Module path of the layer.
        shape: Shape of its input: (features,) or (C, H, W).
        values: float32 (D,); feature maps are averaged over H and W.
    """

    layer: str
    shape: tuple[int, ...]
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class Embedding:
    """The vectors of a collection's images.

    Attributes:
        positions: Positions of the images in the collection, (N,).
        vectors: float32 (N, D).
        thumbnails: Centre squares, uint8 (N, THUMBNAIL, THUMBNAIL, 3).
        unreadable: Position and reason for images that cannot be opened.
    """

    positions: np.ndarray
    vectors: np.ndarray
    thumbnails: np.ndarray
    unreadable: tuple[tuple[int, str], ...]


def hidden_vector(network: Network, passed: ForwardPass) -> HiddenVector:
    """The vector of a forward pass in the network's last hidden layer.

    It is the input of the last layer with weights, which computes the logits: in AlexNet and VGG
    the 4,096 numbers of the second linear layer after ReLU (dropout does nothing here). Where that
    layer reads feature maps, because the network ends in a convolution and the mean of its maps
    (NIN, SqueezeNet), each map is averaged over H and W. In a network without hidden layers the
    vector is the image.

    Args:
        network: The network of the pass.
        passed: Result of ``forward_pass``.

    Raises:
        ValueError: The vector is not finite.
    """
    part, places = _weighted(network)
    with torch.no_grad(), recorded(network, places) as read:
        submodule(network, part)(passed.read_by(part))
    place, values = list(read.items())[-1]
    return HiddenVector(place.layer, tuple(values.shape[1:]), _averaged(values)[0])


def hidden_vectors(network: Network, images: torch.Tensor) -> np.ndarray:
    """The hidden vectors of several images, float32 (N, D).

    Args:
        network: In eval mode; it may be shared by threads.
        images: Preprocessed, (N, C, H, W).

    Raises:
        ValueError: A vector is not finite.
    """
    with torch.no_grad(), recorded(network, _weighted(network)[1]) as read:
        network(images)
    return _averaged(list(read.values())[-1])


def embedding(
    network: Network,
    collection: Collection,
    positions: Sequence[int],
    progress: Progress = ignore_progress,
) -> Embedding:
    """Compute the vectors of a collection's images in batches of ``BATCH``.

    Args:
        network: In eval mode; it may be shared by threads.
        collection: Collection of images.
        positions: Positions of the images.
        progress: Called with the share done; an exception cancels the work.

    Raises:
        DataError: None of the images can be opened.
        ValueError: A vector is not finite.
    """
    vectors, thumbnails, read = [], [], []
    unreadable: dict[int, str] = {}
    for batch in batches(len(positions), BATCH, progress):
        inputs = []
        for number in range(batch.start, batch.stop):
            progress(number / len(positions))
            for position, photo in collection.readable([positions[number]], unreadable):
                inputs.append(network_input(network.spec, photo))
                thumbnails.append(square(photo, THUMBNAIL))
                read.append(position)
        if inputs:
            vectors.append(hidden_vectors(network, torch.cat(inputs)))
    if not read:
        raise DataError(_none_readable(unreadable))
    return Embedding(
        np.array(read), np.concatenate(vectors), np.stack(thumbnails), tuple(unreadable.items())
    )


def square(photo: Image.Image, side: int) -> np.ndarray:
    """The centre square of a photo, uint8 (side, side, 3)."""
    return np.asarray(ImageOps.fit(photo, (side, side), Image.Resampling.BICUBIC))


def euclidean(vectors: np.ndarray, query: np.ndarray) -> np.ndarray:
    r"""$d_n = \sqrt{\sum_j (v_{nj} - q_j)^2}$: 0 for the same vector."""
    distances: np.ndarray = np.linalg.norm(vectors - query, axis=1)
    return distances


def cosine(vectors: np.ndarray, query: np.ndarray) -> np.ndarray:
    r"""$d_n = 1 - v_n \cdot q / (|v_n|\,|q|)$: 0 for the same direction, 2 for the opposite one.

    A vector of zeros has no direction; its distance is 1, as to a vector at a right angle.
    """
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
    products = vectors @ query
    cosines = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    distances: np.ndarray = 1 - cosines.clip(-1, 1)
    return distances


METRICS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "euclidean": euclidean,
    "cosine": cosine,
}


def nearest(
    vectors: np.ndarray, query: np.ndarray, metric: str, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest vectors to a query, nearest first, with their distances.

    Args:
        vectors: float32 (N, D).
        query: float32 (D,).
        metric: A key of ``METRICS``.
        count: Largest number of vectors.

    Returns:
        Rows and distances, each (min(N, count),).

    Raises:
        KeyError: Unknown metric; the message lists the known ones.
        ValueError: ``count`` is not positive.
    """
    distance = named(metric, METRICS, "metric")
    if count < 1:
        raise ValueError(f"count must be at least 1; received {count}.")
    distances = distance(vectors, query)
    rows = np.argsort(distances, kind="stable")[:count]
    return rows, distances[rows]


def majority(labels: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The most frequent classes (several if tied) and their count; none and 0 without classes."""
    counts = Counter(label for label in labels if label)
    most = max(counts.values(), default=0)
    return tuple(label for label, count in counts.items() if count == most), most


def _weighted(network: Network) -> tuple[str, list[Place]]:
    """Path of the last part with weights, and the places of its inputs."""
    for name, part in reversed(list(parts(network))):
        inside = [inner for inner, module in part.named_modules() if _has_weights(module)]
        if inside:
            return name, [Place(f"{name}.{inner}".rstrip("."), 0) for inner in inside]
    raise ValueError("The network has no layer with weights; choose another.")


def _has_weights(module: nn.Module) -> bool:
    """Whether a layer has a weight matrix, unlike a normalisation.

    The fixed codes of LeNet-5's output are a matrix too.
    """
    own = (*module.parameters(recurse=False), *module.buffers(recurse=False))
    return any(tensor.dim() >= 2 for tensor in own)


def _averaged(read: torch.Tensor) -> np.ndarray:
    """Average a layer's input, (N, D) or (N, C, H, W), to vectors (N, D)."""
    vectors: np.ndarray = (read.mean(dim=(2, 3)) if read.dim() == 4 else read).float().numpy()
    if not np.isfinite(vectors).all():
        raise ValueError(OVERFLOW)
    return vectors


def _none_readable(unreadable: Mapping[int, str]) -> str:
    if not unreadable:
        return "There are no images to compare with; choose another collection."
    first = next(iter(unreadable.values()))
    return f"None of the {len(unreadable)} images can be opened. The first: {first}"
