"""McNemar's test: is the difference between two networks significant?"""

from dataclasses import dataclass

import numpy as np

from cnnviz.training.evaluation.predictions import Predictions


@dataclass(frozen=True)
class McNemar:
    """Contingency counts of two classifiers and the test of their difference.

    Attributes:
        both: Images that both classify correctly.
        only_first: Images that only the first classifies correctly.
        only_second: Images that only the second classifies correctly.
        neither: Images that neither classifies correctly.
        p_value: p-value of the exact two-sided test: the probability of a difference at least this
            large between equally good networks.
    """

    both: int
    only_first: int
    only_second: int
    neither: int
    p_value: float


def mcnemar(first: Predictions, second: Predictions) -> McNemar:
    """Exact McNemar test (1947): a binomial test on images that only one classifies correctly.

    Args:
        first: Predictions of one network.
        second: Predictions of another on the same images.

    Raises:
        ValueError: The images are not the same.
    """
    require_same_images(first, second)
    from scipy.stats import binomtest

    counts = [
        int(np.sum((first.correct == a) & (second.correct == b)))
        for a, b in ((True, True), (True, False), (False, True), (False, False))
    ]
    both, only_first, only_second, neither = counts
    differing = only_first + only_second
    p_value = binomtest(only_first, differing, 0.5).pvalue if differing else 1.0
    return McNemar(both, only_first, only_second, neither, float(p_value))


def require_same_images(first: Predictions, second: Predictions) -> None:
    """Check that two predictions are of the same images, at any size.

    Datasets of the same name are the same if their seeds or pixels are equal.

    Raises:
        ValueError: The images are not the same.
    """
    is_same = first.data == second.data and np.array_equal(first.labels, second.labels)
    if not is_same or (first.seed != second.seed and first.pictures != second.pictures):
        raise ValueError(
            "Both runs must be tested on the same images; choose two runs with the same dataset "
            "and seed."
        )
