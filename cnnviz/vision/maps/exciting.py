"""What excites the maps of a layer most: places in one picture, and pictures of a collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from cnnviz.architectures import Network
from cnnviz.images import Collection
from cnnviz.images.opening import ImageError
from cnnviz.progress import Progress, batches, unheard
from cnnviz.vision.capture import Place, activation
from cnnviz.vision.prediction import network_input

# Images at once: the first layers of VGG-16 take 13 MB a map set and image.
BATCH = 8


@dataclass(frozen=True, eq=False)
class ExcitingPlaces:
    """Where each of K maps is largest.

    Attributes:
        values: The largest value of each map, (..., K).
        rows: Its row, (..., K); the first one where several are as large.
        columns: Its column, (..., K).
    """

    values: np.ndarray
    rows: np.ndarray
    columns: np.ndarray


@dataclass(frozen=True, eq=False)
class ExcitingPictures:
    """How much each of N pictures excites each of K maps, and where.

    Attributes:
        positions: Of the pictures in their collection, (N,); those that could be opened.
        values: The largest value of each map on each picture, float32 (N, K).
        rows: Where it is, int16 (N, K).
        columns: Where it is, int16 (N, K).
        unreadable: Name and reason, one sentence, of each picture that could not be opened.
    """

    positions: np.ndarray
    values: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    unreadable: tuple[tuple[str, str], ...]

    def best(self, channel: int, count: int = 9) -> list[int]:
        """The pictures that excite a map most, as indices from 0 to N - 1, best first.

        Those on which the map is 0 everywhere or below do not excite it; they are left out.
        """
        values = self.values[:, channel]
        order = np.argsort(-values, kind="stable")[:count]
        return [int(index) for index in order if values[index] > 0]


def exciting_places(activation: np.ndarray) -> ExcitingPlaces:
    """The largest value of each map and where it is.

    Args:
        activation: (..., K, h, w).
    """
    flat = activation.reshape(*activation.shape[:-2], -1)
    places = flat.argmax(axis=-1)
    values = np.take_along_axis(flat, places[..., np.newaxis], axis=-1)[..., 0]
    rows, columns = np.divmod(places, activation.shape[-1])
    return ExcitingPlaces(values, rows.astype(np.int16), columns.astype(np.int16))


def exciting_pictures(
    network: Network,
    place: Place,
    collection: Collection,
    positions: Sequence[int] | None = None,
    progress: Progress = unheard,
) -> ExcitingPictures:
    """For every map of a layer, how much pictures of a collection excite it; see ``best``.

    The network is run up to the layer, for ``BATCH`` pictures at once.

    Args:
        network: In eval mode; it may be shared by threads.
        place: Where the maps are.
        collection: Where the pictures are.
        positions: Which of them; default all.
        progress: Told the share that is done; what it raises ends the work.

    Raises:
        KeyError: Unknown layer; the message names it.
        ValueError: The layer gives no feature maps, or no picture could be opened.
    """
    asked = range(len(collection)) if positions is None else positions
    found: list[ExcitingPlaces] = []
    read: list[int] = []
    unreadable: list[tuple[str, str]] = []
    for part in batches(len(asked), BATCH, progress):
        opened = _opened(network, collection, asked[part], unreadable)
        if opened:
            found.append(_places(network, place, torch.cat(list(opened.values()))))
            read += opened
    if not found:
        reason = f"; {unreadable[0][1]}" if unreadable else "."
        raise ValueError(f"collection must have a picture that can be opened{reason}")
    return ExcitingPictures(
        np.array(read),
        np.concatenate([each.values for each in found]),
        np.concatenate([each.rows for each in found]),
        np.concatenate([each.columns for each in found]),
        tuple(unreadable),
    )


def _opened(
    network: Network,
    collection: Collection,
    positions: Sequence[int],
    unreadable: list[tuple[str, str]],
) -> dict[int, torch.Tensor]:
    """The network's inputs by position; what cannot be opened is added to ``unreadable``."""
    opened = {}
    for position in positions:
        try:
            opened[position] = network_input(network.spec, collection.open(position))
        except ImageError as error:
            unreadable.append((collection.pictures[position].name, str(error)))
    return opened


def _places(network: Network, place: Place, images: torch.Tensor) -> ExcitingPlaces:
    with torch.inference_mode():
        found = activation(network, place.layer, images, place.input_index)
    if found.dim() != 4:
        raise ValueError(f"layer must give feature maps (C, H, W); received {place.layer}.")
    return exciting_places(found.numpy())
