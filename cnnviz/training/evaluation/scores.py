"""How good a trained network is, from what it says of pictures that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cnnviz.training.evaluation.calibration import Calibration, calibration
from cnnviz.training.evaluation.predictions import Predictions

MISTAKES = 12  # of a summary


@dataclass(frozen=True)
class ClassScore:
    """How a class fares.

    Attributes:
        name: The class.
        support: How many test pictures are of it.
        accuracy: The share of all pictures of which it is told right whether they are of the class.
        precision: The share of the class among the pictures that are called so; 0 where none is.
        recall: The share that is called so among the pictures of the class; 0 where there is none.
        f1: Harmonic mean of precision and recall.
    """

    name: str
    support: int
    accuracy: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The numbers of a network on a test split; each is computed when it is asked for.

    Attributes:
        predictions: What the network says.
        classes: Names of the classes, by label.
        title: Of the data, with what must be said of it.
    """

    predictions: Predictions
    classes: tuple[str, ...]
    title: str

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Softmax of the logits, float64 (N, classes)."""
        logits = self.predictions.logits.astype(np.float64)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
        return shares

    @cached_property
    def confidence(self) -> np.ndarray:
        """The probability of the predicted class, float64 (N,)."""
        largest: np.ndarray = self.probabilities.max(axis=1)
        return largest

    @property
    def accuracy(self) -> float:
        """The share of pictures that are predicted right, in [0, 1]."""
        return float(self.predictions.right.mean())

    @property
    def chance(self) -> float:
        """The accuracy of always saying the most frequent class."""
        return float(self._supports.max() / len(self.predictions))

    @cached_property
    def top5(self) -> float | None:
        """The share whose class is among the five most probable; None for five classes or fewer."""
        if len(self.classes) <= 5:
            return None
        from sklearn.metrics import top_k_accuracy_score

        found = self.predictions
        every = np.arange(len(self.classes))
        return float(top_k_accuracy_score(found.labels, found.logits, k=5, labels=every))

    @cached_property
    def loss(self) -> float:
        """Mean cross-entropy in nats."""
        logits = self.predictions.logits.astype(np.float64)
        rows, peak = np.arange(len(logits)), logits.max(axis=1)
        sums = np.log(np.exp(logits - peak[:, None]).sum(axis=1)) + peak
        return float((sums - logits[rows, self.predictions.labels]).mean())

    @property
    def chance_loss(self) -> float:
        """The mean cross-entropy of giving all classes the same probability: ln(classes)."""
        return float(np.log(len(self.classes)))

    @cached_property
    def scores(self) -> tuple[ClassScore, ...]:
        """How each class fares, by label."""
        from sklearn.metrics import precision_recall_fscore_support

        precision, recall, f1, support = precision_recall_fscore_support(
            self.predictions.labels,
            self.predictions.predicted,
            labels=np.arange(len(self.classes)),
            zero_division=0,
        )
        # Right are those of the class that are called so, and all others that are not.
        wrong = self.confusion.sum(axis=0) + self.confusion.sum(axis=1)
        accuracy = 1 - (wrong - 2 * self.confusion.diagonal()) / len(self.predictions)
        columns = (support, accuracy, precision, recall, f1)
        return tuple(
            ClassScore(name, int(count), *(float(value) for value in values))
            for name, count, *values in zip(self.classes, *columns, strict=True)
        )

    @cached_property
    def macro(self) -> ClassScore:
        """The means over the classes, each class counting the same."""
        means = {
            name: float(np.mean([getattr(score, name) for score in self.scores]))
            for name in ("accuracy", "precision", "recall", "f1")
        }
        return ClassScore("mean of the classes", len(self.predictions), **means)

    @cached_property
    def confusion(self) -> np.ndarray:
        """How many pictures of each class (row) are called each class (column), int64."""
        from sklearn.metrics import confusion_matrix

        found, every = self.predictions, np.arange(len(self.classes))
        counts: np.ndarray = confusion_matrix(found.labels, found.predicted, labels=every)
        return counts

    @cached_property
    def calibration(self) -> Calibration:
        """How far the network's confidence is to be believed."""
        return calibration(self.confidence, self.predictions.right)

    @cached_property
    def mistakes(self) -> np.ndarray:
        """Positions of the pictures that are predicted wrong, the most confident first."""
        wrong = np.flatnonzero(~self.predictions.right)
        ordered: np.ndarray = wrong[np.argsort(-self.confidence[wrong], kind="stable")]
        return ordered

    def cell(self, label: int, predicted: int) -> np.ndarray:
        """Positions of the pictures of a class that are called another, most confident first."""
        found = self.predictions
        inside = np.flatnonzero((found.labels == label) & (found.predicted == predicted))
        ordered: np.ndarray = inside[np.argsort(-self.confidence[inside], kind="stable")]
        return ordered

    @property
    def _supports(self) -> np.ndarray:
        return np.bincount(self.predictions.labels, minlength=len(self.classes))

    def to_json(self) -> dict[str, Any]:
        """All numbers, and the most confident mistakes, as JSON can keep them."""
        found = self.predictions
        return {
            "data": self.title,
            "pictures": len(found),
            "device": found.device,
            "seconds": found.seconds,
            "accuracy": self.accuracy,
            "chance_accuracy": self.chance,
            "top5": self.top5,
            "loss": self.loss,
            "chance_loss": self.chance_loss,
            "calibration": self.calibration.to_json(),
            "classes": [vars(score) for score in self.scores],
            "macro": {k: v for k, v in vars(self.macro).items() if k != "name"},
            "confusion": self.confusion.tolist(),
            "mistakes": [self._mistake(int(p)) for p in self.mistakes[:MISTAKES]],
        }

    def _mistake(self, position: int) -> dict[str, Any]:
        found = self.predictions
        return {
            "position": position,
            "class": self.classes[found.labels[position]],
            "predicted": self.classes[found.predicted[position]],
            "probability": float(self.confidence[position]),
        }
