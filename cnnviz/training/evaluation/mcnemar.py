"""Two networks on the same pictures: is the difference more than chance?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnviz.training.evaluation.predictions import Predictions


@dataclass(frozen=True)
class McNemar:
    """The four counts of two classifiers, and the test of their difference.

    Attributes:
        both: Pictures that both get right.
        only_first: That only the first gets right.
        only_second: That only the second gets right.
        neither: That neither gets right.
        p_value: Of the exact two-sided test, in [0, 1]: were both equally good, how probable is a
            difference at least as large?
    """

    both: int
    only_first: int
    only_second: int
    neither: int
    p_value: float


def mcnemar(first: Predictions, second: Predictions) -> McNemar:
    """McNemar's test (1947) in its exact form: a binomial test of where only one is right.

    Args:
        first: Of one network.
        second: Of another, on the same pictures.

    Raises:
        ValueError: The pictures are not the same.
    """
    require_same_pictures(first, second)
    from scipy.stats import binomtest

    counts = [
        int(np.sum((first.right == a) & (second.right == b)))
        for a, b in ((True, True), (True, False), (False, True), (False, False))
    ]
    both, only_first, only_second, neither = counts
    differing = only_first + only_second
    p_value = binomtest(only_first, differing, 0.5).pvalue if differing else 1.0
    return McNemar(both, only_first, only_second, neither, float(p_value))


def require_same_pictures(first: Predictions, second: Predictions) -> None:
    """Accept predictions of the same pictures, at whatever size.

    The same data set with the same seed is the same; with another seed it is where the pixels are.

    Raises:
        ValueError: The pictures are not the same.
    """
    alike = first.data == second.data and np.array_equal(first.labels, second.labels)
    if not alike or (first.seed != second.seed and first.pictures != second.pictures):
        raise ValueError(
            "Both runs must be tested on the same pictures; choose two runs on the same data set "
            "with the same seed."
        )
