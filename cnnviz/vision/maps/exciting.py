"""Top activations of a layer's maps: positions in an image, and images of a collection."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from cnnviz.architectures import Network
from cnnviz.images import Collection
from cnnviz.progress import Progress, batches, ignore_progress
from cnnviz.vision.capture import Place, activation
from cnnviz.vision.prediction import network_input

# Images per batch: the first layers of VGG-16 take 13 MB per layer and image.
BATCH = 8


@dataclass(frozen=True, eq=False)
class ExcitingPlaces:
    """The maximum of each of K maps.

    Attributes:
        values: Largest value of each map, (..., K).
        rows: Row of the first maximum, (..., K).
        columns: Column of the first maximum, (..., K).
    """

    values: np.ndarray
    rows: np.ndarray
    columns: np.ndarray


@dataclass(frozen=True, eq=False)
class ExcitingImages(ExcitingPlaces):
    """The maxima of K maps on N images, float32 and int16 (N, K).

    Attributes:
        positions: Positions of the readable images in their collection, (N,).
        unreadable: Name and reason (one sentence) of each image that cannot be opened.
    """

    positions: np.ndarray
    unreadable: tuple[tuple[str, str], ...]

    def best(self, channel: int, count: int = 9) -> list[int]:
        """Indices of the images with the largest activation of a map, in decreasing order.

        Images on which the map is nowhere positive are omitted.
        """
        values = self.values[:, channel]
        order = np.argsort(-values, kind="stable")[:count]
        return [int(index) for index in order if values[index] > 0]


def exciting_places(activation: np.ndarray) -> ExcitingPlaces:
    """Find the maximum of each map of an activation (..., K, h, w)."""
    flat = activation.reshape(*activation.shape[:-2], -1)
    places = flat.argmax(axis=-1)
    values = np.take_along_axis(flat, places[..., np.newaxis], axis=-1)[..., 0]
    rows, columns = np.divmod(places, activation.shape[-1])
    return ExcitingPlaces(values, rows.astype(np.int16), columns.astype(np.int16))


def exciting_images(
    network: Network,
    place: Place,
    collection: Collection,
    positions: Sequence[int] | None = None,
    progress: Progress = ignore_progress,
) -> ExcitingImages:
    """Find the maxima of a layer's maps on images of a collection; see ``best``.

    The network is run up to the layer, in batches of ``BATCH`` images.

    Args:
        network: In eval mode; it may be shared by threads.
        place: Place of the maps.
        collection: Collection of images.
        positions: Positions of the images; default all.
        progress: Called with the share done; an exception cancels the work.

    Raises:
        KeyError: Unknown layer; the message names it.
        ValueError: The layer has no feature maps, or no image can be opened.
    """
    requested = range(len(collection)) if positions is None else positions
    places: list[ExcitingPlaces] = []
    read: list[int] = []
    reasons: dict[int, str] = {}
    for part in batches(len(requested), BATCH, progress):
        opened = dict(collection.readable(requested[part], reasons))
        if opened:
            inputs = [network_input(network.spec, photo) for photo in opened.values()]
            places.append(_places(network, place, torch.cat(inputs)))
            read += opened
    unreadable = tuple((collection.images[i].name, reason) for i, reason in reasons.items())
    if not places:
        reason = f"; {unreadable[0][1]}" if unreadable else "."
        raise ValueError(f"collection must have an image that can be opened{reason}")
    values, rows, columns = (
        np.concatenate([getattr(each, name) for each in places])
        for name in ("values", "rows", "columns")
    )
    return ExcitingImages(values, rows, columns, np.array(read), unreadable)


def _places(network: Network, place: Place, images: torch.Tensor) -> ExcitingPlaces:
    with torch.inference_mode():
        maps = activation(network, place, images)
    if maps.dim() != 4:
        raise ValueError(f"layer must give feature maps (C, H, W); received {place.layer}.")
    return exciting_places(maps.numpy())
