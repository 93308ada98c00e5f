"""ROAD (remove and debias): faithfulness of a map by removing pixels without a trace."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from cnnviz.architectures import Network
from cnnviz.progress import Progress, ignore_progress
from cnnviz.vision.cam.deletion import require_map
from cnnviz.vision.cam.pixel_order import pixel_ranks
from cnnviz.vision.forward_pass import require_class

PERCENTILES = (10, 20, 30, 40, 50, 60, 70, 80, 90)


@dataclass(frozen=True, eq=False)
class Road:
    """Changes of the class's probability when pixels are removed.

    Attributes:
        percentiles: Percentages of remaining pixels.
        most_relevant_first: Changes when the most important pixels are removed, in [-1, 1]; low
            for a good map.
        least_relevant_first: Changes when the least important pixels are removed; near 0 or
            positive for a good map.
    """

    percentiles: tuple[int, ...]
    most_relevant_first: np.ndarray
    least_relevant_first: np.ndarray

    @property
    def combined(self) -> float:
        """Half the mean difference of the two, in [-1, 1]: 0 for an uninformative map."""
        return float((self.least_relevant_first - self.most_relevant_first).mean() / 2)


def road(
    network: Network,
    image: torch.Tensor,
    class_index: int,
    saliency_map: np.ndarray,
    percentiles: Sequence[int] = PERCENTILES,
    progress: Progress = ignore_progress,
    seed: int = 0,
) -> Road:
    """Compute pytorch-grad-cam's ROAD of a map, most and least relevant first, per percentile.

    A removed pixel becomes the weighted mean of its neighbours with a little noise (0.01), so that
    the network cannot see the shape of what was removed. Rong et al. 2022, A Consistent and
    Efficient Evaluation Strategy for Attribution Methods, "noisy linear imputation". The score is
    the class's probability after softmax, where the paper counts right answers over a data set.

    The library gets the order of the pixels in place of their values: the same percentiles, but
    where values are equal, as where a map is 0, it would remove more pixels than requested,
    or all. Its noise comes from PyTorch's own generator, so a repetition differs a little. It only
    calls the network, which may therefore be shared.

    Args:
        network: In eval mode; it may be shared by threads.
        image: Preprocessed, (1, C, H, W).
        class_index: From 0 to num_classes - 1.
        saliency_map: Importance of the pixels, (H, W).
        percentiles: Percentages of remaining pixels, above 0 and below 100.
        progress: Called with the share done; an exception cancels the work.
        seed: Determines the order of equal values.

    Raises:
        ValueError: The class does not exist, a percentile is out of range, the map has another
            size than the image, or there is more than one image.
    """
    require_class(class_index, network.spec.num_classes)
    require_map(image, saliency_map)
    for percentile in percentiles:
        if not 0 < percentile < 100:
            raise ValueError(f"percentiles must be above 0 and below 100; received {percentile}.")
    from pytorch_grad_cam.metrics.road import ROADLeastRelevantFirst, ROADMostRelevantFirst
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget

    ordered = ordered_values(saliency_map, seed)[np.newaxis]
    targets = [ClassifierOutputSoftmaxTarget(class_index)]
    changes: dict[type, list[float]] = {ROADMostRelevantFirst: [], ROADLeastRelevantFirst: []}
    requested = [(percentile, metric) for percentile in percentiles for metric in changes]
    for done, (percentile, metric) in enumerate(requested, start=1):
        (change,) = metric(percentile)(image, ordered, targets, network)
        changes[metric].append(float(change))
        progress(done / len(requested))
    most, least = (np.array(each, np.float32) for each in changes.values())
    return Road(tuple(percentiles), most, least)


def ordered_values(saliency_map: np.ndarray, seed: int = 0) -> np.ndarray:
    """Distinct values in [0, 1] with the order of the map."""
    ranks = pixel_ranks(saliency_map, seed)
    return (1 - ranks / max(ranks.size - 1, 1)).astype(np.float32)
