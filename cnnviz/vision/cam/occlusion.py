"""Occlusion: the probability of a class while a grey patch hides part of the image."""

import numpy as np
import torch

from cnnviz.architectures import Network
from cnnviz.progress import Progress, ignore_progress
from cnnviz.vision.forward_pass import require_class, require_one_image
from cnnviz.vision.prediction import many_probabilities


def occluded_probability(
    network: Network, image: torch.Tensor, class_index: int, row: int, column: int, side: int
) -> float:
    """Compute the class's probability with a patch centred at a pixel.

    Args:
        network: In eval mode; it may be shared by threads.
        image: Preprocessed, (1, C, H, W).
        class_index: From 0 to num_classes - 1.
        row: Row of the patch's centre, from 0 to H - 1.
        column: Column of the patch's centre, from 0 to W - 1.
        side: Side of the patch in pixels; it is clipped at the border.

    Raises:
        ValueError: The class does not exist, the centre is outside the image, ``side`` is not
            positive, or there is more than one image.
    """
    _require_patch(network, image, class_index, side)
    for name, place, most in (("row", row, image.shape[2]), ("column", column, image.shape[3])):
        if not 0 <= place < most:
            raise ValueError(f"{name} must be from 0 to {most - 1}; received {place}.")
    probabilities = many_probabilities(
        network, 1, lambda _: _occluded(image, [(row, column)], side)
    )
    return float(probabilities[0, class_index])


def occlusion_map(
    network: Network,
    image: torch.Tensor,
    class_index: int,
    side: int,
    stride: int,
    progress: Progress = ignore_progress,
) -> np.ndarray:
    """Compute the class's probability for all positions of the patch, float32 (rows, columns).

    Zeiler and Fergus 2014, Visualizing and Understanding Convolutional Networks, section 4.2: a
    grey square, here 0 after normalisation (``Preprocessing.zero_text``). The number at (i, j) is
    that of a patch centred in cell (i, j) of a grid of ``stride`` pixels; see ``patch_centres``.

    Args:
        network: In eval mode; it may be shared by threads.
        image: Preprocessed, (1, C, H, W).
        class_index: From 0 to num_classes - 1.
        side: Side of the patch in pixels; it is clipped at the border.
        stride: Distance between positions in pixels.
        progress: Called with the share done; an exception cancels the work.

    Raises:
        ValueError: The class does not exist, ``side`` or ``stride`` is not positive, or there is
            more than one image.
    """
    _require_patch(network, image, class_index, side)
    rows, columns = (patch_centres(length, stride) for length in image.shape[2:])
    places = [(row, column) for row in rows for column in columns]
    probabilities = many_probabilities(
        network, len(places), lambda some: _occluded(image, places[some], side), progress
    )
    values: np.ndarray = probabilities[:, class_index].reshape(len(rows), len(columns))
    return values


def patch_centres(length: int, stride: int) -> list[int]:
    """Centres of cells of ``stride`` pixels along a side; the last cell may be smaller.

    Raises:
        ValueError: ``stride`` is not positive.
    """
    if stride < 1:
        raise ValueError(f"stride must be at least 1; received {stride}.")
    return [min(start + stride // 2, length - 1) for start in range(0, length, stride)]


def _require_patch(network: Network, image: torch.Tensor, class_index: int, side: int) -> None:
    require_class(class_index, network.spec.num_classes)
    require_one_image(image)
    if side < 1:
        raise ValueError(f"side must be at least 1; received {side}.")


def _occluded(image: torch.Tensor, places: list[tuple[int, int]], side: int) -> torch.Tensor:
    images = image.repeat(len(places), 1, 1, 1)
    for hidden, (row, column) in zip(images, places, strict=True):
        top, left = row - side // 2, column - side // 2
        hidden[:, max(top, 0) : top + side, max(left, 0) : left + side] = 0
    return images
