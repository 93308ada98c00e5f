"""Calibration: are 80 % of the predictions with 80 % confidence correct?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

BINS = 15  # as in the tables of Guo et al. 2017


@dataclass(frozen=True, eq=False)
class Calibration:
    """Confidence and accuracy in bins of equal width.

    Attributes:
        edges: Edges of the bins, (bins + 1,), from 0 to 1; a bin includes its upper edge.
        counts: Images per bin, int64.
        confidence: Mean probability of the predicted class per bin; nan for an empty bin.
        accuracy: Accuracy per bin; nan for an empty bin.
        error: Expected calibration error, in [0, 1]: the sum over the bins of
            count / N * |accuracy - confidence| (Guo et al. 2017, section 2).
    """

    edges: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    error: float

    @property
    def overconfidence(self) -> float:
        """Mean confidence minus accuracy over all images, in [-1, 1]."""
        gaps = np.nan_to_num(self.confidence - self.accuracy)
        return float((self.counts * gaps).sum() / self.counts.sum())

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read a calibration from the JSON of ``to_json``."""
        bins = content["bins"]

        def column(name: str) -> np.ndarray:
            return np.array([each[name] for each in bins], dtype=float)  # None becomes nan

        return cls(
            edges=np.append(column("from"), bins[-1]["to"]),
            counts=column("pictures").astype(np.int64),
            confidence=column("confidence"),
            accuracy=column("accuracy"),
            error=content["expected_calibration_error"],
        )

    def to_json(self) -> dict[str, Any]:
        """The error and the bins as JSON; an empty bin has no confidence and accuracy."""
        bins = [
            {
                "from": float(self.edges[i]),
                "to": float(self.edges[i + 1]),
                "pictures": int(self.counts[i]),
                "confidence": float(self.confidence[i]) if self.counts[i] else None,
                "accuracy": float(self.accuracy[i]) if self.counts[i] else None,
            }
            for i in range(len(self.counts))
        ]
        return {"expected_calibration_error": self.error, "bins": bins}


def calibration(confidence: np.ndarray, correct: np.ndarray, bins: int = BINS) -> Calibration:
    """Compute the calibration of predictions.

    Args:
        confidence: Probability of the predicted class, in [0, 1], (N,), N > 0.
        correct: Whether each prediction is correct, bool (N,).
        bins: Number of bins.
    """
    edges = np.linspace(0, 1, bins + 1)
    # Bin m is the interval ((m - 1) / M, m / M], as in the paper.
    rows = np.clip(np.digitize(confidence, edges, right=True) - 1, 0, bins - 1)
    counts = np.bincount(rows, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(rows, confidence, bins) / counts
        share = np.bincount(rows, correct.astype(float), bins) / counts
    error = float(np.nansum(counts * np.abs(share - mean)) / len(confidence))
    return Calibration(edges, counts, mean, share, error)
