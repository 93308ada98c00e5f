"""Scores of a trained network on test images."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cnnviz.training.evaluation.calibration import Calibration, calibration
from cnnviz.training.evaluation.predictions import Predictions

MAX_MISTAKES = 12  # of a summary


@dataclass(frozen=True)
class ClassScore:
    """Scores of one class.

    Attributes:
        name: Name of the class.
        support: Number of its test images.
        accuracy: Accuracy of the decision between this class and all others.
        precision: Share of images predicted as this class that belong to it; 0 if there are none.
        recall: Share of this class's images that are predicted correctly; 0 if there are none.
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
    """The scores of a network on a test split; each is computed on first access.

    Attributes:
        predictions: The predictions.
        classes: Class names by label.
        title: Title of the data, with remarks.
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
        """Accuracy in [0, 1]."""
        return float(self.predictions.correct.mean())

    @property
    def baseline_accuracy(self) -> float:
        """Accuracy of always predicting the most common class."""
        return float(self._supports.max() / len(self.predictions))

    @cached_property
    def top5(self) -> float | None:
        """Top-5 accuracy; None for five or fewer classes."""
        if len(self.classes) <= 5:
            return None
        from sklearn.metrics import top_k_accuracy_score

        true, logits = self.predictions.labels, self.predictions.logits
        return float(top_k_accuracy_score(true, logits, k=5, labels=np.arange(len(self.classes))))

    @cached_property
    def loss(self) -> float:
        """Mean cross-entropy in nats."""
        logits = self.predictions.logits.astype(np.float64)
        rows, peak = np.arange(len(logits)), logits.max(axis=1)
        sums = np.log(np.exp(logits - peak[:, None]).sum(axis=1)) + peak
        return float((sums - logits[rows, self.predictions.labels]).mean())

    @property
    def baseline_loss(self) -> float:
        """Mean cross-entropy of a uniform prediction: ln(classes)."""
        return float(np.log(len(self.classes)))

    @cached_property
    def scores(self) -> tuple[ClassScore, ...]:
        """Scores of each class, by label."""
        from sklearn.metrics import precision_recall_fscore_support

        precision, recall, f1, support = precision_recall_fscore_support(
            self.predictions.labels,
            self.predictions.predicted,
            labels=np.arange(len(self.classes)),
            zero_division=0,
        )
        # Correct: images of the class predicted as such, and other images predicted as others.
        wrong = self.confusion.sum(axis=0) + self.confusion.sum(axis=1)
        accuracy = 1 - (wrong - 2 * self.confusion.diagonal()) / len(self.predictions)
        columns = (support, accuracy, precision, recall, f1)
        return tuple(
            ClassScore(name, int(count), *(float(value) for value in values))
            for name, count, *values in zip(self.classes, *columns, strict=True)
        )

    @cached_property
    def macro(self) -> ClassScore:
        """Unweighted means over the classes."""
        means = {
            name: float(np.mean([getattr(score, name) for score in self.scores]))
            for name in ("accuracy", "precision", "recall", "f1")
        }
        return ClassScore("mean of the classes", len(self.predictions), **means)

    @cached_property
    def confusion(self) -> np.ndarray:
        """Number of images by true class (row) and predicted class (column), int64."""
        from sklearn.metrics import confusion_matrix

        true, predicted = self.predictions.labels, self.predictions.predicted
        labels = np.arange(len(self.classes))
        counts: np.ndarray = confusion_matrix(true, predicted, labels=labels)
        return counts

    @cached_property
    def calibration(self) -> Calibration:
        """Calibration of the network's confidence."""
        return calibration(self.confidence, self.predictions.correct)

    @cached_property
    def mistakes(self) -> np.ndarray:
        """Positions of misclassified images, the most confident first."""
        wrong = np.flatnonzero(~self.predictions.correct)
        ordered: np.ndarray = wrong[np.argsort(-self.confidence[wrong], kind="stable")]
        return ordered

    def cell(self, label: int, predicted: int) -> np.ndarray:
        """Positions of images of a class predicted as another, the most confident first."""
        is_true = self.predictions.labels == label
        inside = np.flatnonzero(is_true & (self.predictions.predicted == predicted))
        ordered: np.ndarray = inside[np.argsort(-self.confidence[inside], kind="stable")]
        return ordered

    @property
    def _supports(self) -> np.ndarray:
        return np.bincount(self.predictions.labels, minlength=len(self.classes))

    def to_json(self) -> dict[str, Any]:
        """All numbers and the most confident mistakes as JSON."""
        predictions = self.predictions
        return {
            "data": self.title,
            "pictures": len(predictions),
            "device": predictions.device,
            "seconds": predictions.seconds,
            "accuracy": self.accuracy,
            "chance_accuracy": self.baseline_accuracy,
            "top5": self.top5,
            "loss": self.loss,
            "chance_loss": self.baseline_loss,
            "calibration": self.calibration.to_json(),
            "classes": [vars(score) for score in self.scores],
            "macro": {k: v for k, v in vars(self.macro).items() if k != "name"},
            "confusion": self.confusion.tolist(),
            "mistakes": [self._mistake(int(p)) for p in self.mistakes[:MAX_MISTAKES]],
        }

    def _mistake(self, position: int) -> dict[str, Any]:
        predictions = self.predictions
        return {
            "position": position,
            "class": self.classes[predictions.labels[position]],
            "predicted": self.classes[predictions.predicted[position]],
            "probability": float(self.confidence[position]),
        }
