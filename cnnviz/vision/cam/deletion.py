"""Deletion and insertion curves: the probability of a class while important pixels change."""

from dataclasses import dataclass

import numpy as np
import torch
from torchvision.transforms.v2 import functional

from cnnviz.architectures import Network
from cnnviz.progress import Progress, ignore_progress, part
from cnnviz.vision.cam.pixel_order import pixel_ranks, random_ranks
from cnnviz.vision.forward_pass import require_class, require_one_image
from cnnviz.vision.prediction import many_probabilities

STEPS = 40
RANDOM_ORDERS = 3
BLUR_SIDE, BLUR_SIGMA = 11, 5.0  # px


@dataclass(frozen=True, eq=False)
class Curves:
    """Probabilities of a class while pixels are deleted or inserted.

    Attributes:
        deletion: float32, one per share of the pixels.
        insertion: float32, one per share of the pixels.
    """

    deletion: np.ndarray
    insertion: np.ndarray

    @property
    def deletion_area(self) -> float:
        """The area under the deletion curve, in [0, 1]; low is good."""
        return area(self.deletion)

    @property
    def insertion_area(self) -> float:
        """The area under the insertion curve, in [0, 1]; high is good."""
        return area(self.insertion)


@dataclass(frozen=True, eq=False)
class DeletionInsertion:
    """The curves of a map and, as a baseline, of random orders.

    Attributes:
        shares: Shares of deleted or inserted pixels, from 0 to 1.
        by_map: Curves of the map.
        at_random: Mean curves of random orders.
    """

    shares: np.ndarray
    by_map: Curves
    at_random: Curves


def deletion_insertion(
    network: Network,
    image: torch.Tensor,
    class_index: int,
    saliency_map: np.ndarray,
    steps: int = STEPS,
    progress: Progress = ignore_progress,
    seed: int = 0,
    random_orders: int = RANDOM_ORDERS,
) -> DeletionInsertion:
    """Measure the class's probability while important pixels are deleted and inserted.

    Deletion replaces pixels by 0, after normalisation (``Preprocessing.zero_text``); insertion
    begins with the blurred image (Gaussian, 11 px wide, sigma 5 px) and puts pixels back. Petsiuk
    et al. 2018, RISE, section 4.1 and Algorithm 1 of the appendix; width and sigma are those of the
    authors' code. Two things differ from it: the code takes as many steps as the image has rows,
    and its blur reads zeros where ours mirrors the image at its border.

    Args:
        network: In eval mode; it may be shared by threads.
        image: Preprocessed, (1, C, H, W).
        class_index: From 0 to num_classes - 1.
        saliency_map: Importance of the pixels, (H, W).
        steps: Number of equal steps.
        progress: Called with the share done; an exception cancels the work.
        seed: Determines the order of equal values and the random orders.
        random_orders: Number of random orders for the baseline.

    Raises:
        ValueError: The class does not exist, the map has another size than the image, ``steps``
            is not positive, or there is more than one image.
    """
    require_class(class_index, network.spec.num_classes)
    require_map(image, saliency_map)
    if steps < 1:
        raise ValueError(f"steps must be at least 1; received {steps}.")
    height, width = saliency_map.shape
    orders = [random_ranks(height, width, seed + 1 + i) for i in range(random_orders)]
    orders = [pixel_ranks(saliency_map, seed), *orders]
    counts = np.linspace(0, height * width, steps + 1).round().astype(np.int64)
    curves = []
    for number, ranks in enumerate(orders):
        order_progress = part(progress, number / len(orders), (number + 1) / len(orders))
        curves.append(_curves(network, image, class_index, ranks, counts, order_progress))
    return DeletionInsertion(counts / counts[-1], curves[0], _mean(curves[1:] or curves))


def area(probabilities: np.ndarray) -> float:
    """Area under a curve over [0, 1] by the trapezoidal rule, as in the authors' code."""
    middle = (probabilities[1:] + probabilities[:-1]) / 2
    return float(middle.mean())


def require_map(image: torch.Tensor, saliency_map: np.ndarray) -> None:
    """Check that a map has the size of a single image.

    Raises:
        ValueError: There are several images, or the sizes differ.
    """
    require_one_image(image)
    if saliency_map.shape != tuple(image.shape[2:]):
        raise ValueError(
            f"saliency_map must be {tuple(image.shape[2:])}, as the image; "
            f"received {saliency_map.shape}."
        )


def blurred(image: torch.Tensor) -> torch.Tensor:
    """The blurred image from which insertion starts."""
    blurred_image: torch.Tensor = functional.gaussian_blur(image, [BLUR_SIDE] * 2, [BLUR_SIGMA] * 2)
    return blurred_image


def _curves(
    network: Network,
    image: torch.Tensor,
    class_index: int,
    ranks: np.ndarray,
    counts: np.ndarray,
    progress: Progress,
) -> Curves:
    gone, there = part(progress, 0.0, 0.5), part(progress, 0.5, 1.0)
    deletion = _changed(network, image, torch.zeros_like(image), ranks, counts, gone)
    insertion = _changed(network, blurred(image), image, ranks, counts, there)
    return Curves(deletion[:, class_index], insertion[:, class_index])


def _changed(
    network: Network,
    before: torch.Tensor,
    after: torch.Tensor,
    ranks: np.ndarray,
    counts: np.ndarray,
    progress: Progress,
) -> np.ndarray:
    """Probabilities after replacing the first pixels (by rank) of one image by those of another."""
    places = torch.from_numpy(ranks)
    moments = torch.from_numpy(counts).view(-1, 1, 1, 1)

    def images(some: slice) -> torch.Tensor:
        return torch.where(places < moments[some], after, before)

    return many_probabilities(network, len(counts), images, progress)


def _mean(curves: list[Curves]) -> Curves:
    return Curves(
        np.mean([each.deletion for each in curves], axis=0),
        np.mean([each.insertion for each in curves], axis=0),
    )
