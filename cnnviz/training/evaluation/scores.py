"""Scores of a trained network on test images, computed and as records keep them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np

from cnnviz.training.evaluation.calibration import Calibration, calibration
from cnnviz.training.evaluation.predictions import Predictions
from cnnviz.training.measurement import rounded

MAX_MISTAKES = 12  # of a summary
DIGITS = 6  # of a record
# Names in JSON that differ from the attributes'.
JSON_NAMES = {
    **{"title": "data", "scores": "classes"},
    **{"baseline_accuracy": "chance_accuracy", "baseline_loss": "chance_loss"},
}


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
class Scores:
    """The numbers of an evaluation.

    Attributes:
        title: Title of the data, with remarks.
        pictures: Number of test images.
        accuracy: Accuracy in [0, 1].
        baseline_accuracy: Accuracy of always predicting the most common class.
        top5: Top-5 accuracy; None for five or fewer classes.
        loss: Mean cross-entropy in nats.
        baseline_loss: Mean cross-entropy of a uniform prediction: ln(classes).
        calibration: Calibration of the confidence.
        scores: Scores of each class, by label.
        macro: Unweighted means over the classes.
        confusion: Number of images by true class (row) and predicted class (column), int64.
    """

    title: str
    pictures: int
    accuracy: float
    baseline_accuracy: float
    top5: float | None
    loss: float
    baseline_loss: float
    calibration: Calibration
    scores: tuple[ClassScore, ...]
    macro: ClassScore
    confusion: np.ndarray

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, by label."""
        return tuple(score.name for score in self.scores)

    def to_json(self) -> dict[str, Any]:
        """All numbers as JSON."""
        numbers = {each.name: getattr(self, each.name) for each in fields(Scores)}
        numbers["calibration"] = self.calibration.to_json()
        numbers["scores"] = [asdict(score) for score in self.scores]
        numbers["macro"] = {k: v for k, v in asdict(self.macro).items() if k != "name"}
        numbers["confusion"] = self.confusion.tolist()
        return {JSON_NAMES.get(name, name): value for name, value in numbers.items()}

    def record(self) -> dict[str, Any]:
        """The numbers as JSON with six digits."""
        return {name: rounded(value, DIGITS) for name, value in Scores.to_json(self).items()}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """Read the JSON of ``to_json`` or ``record``."""
        numbers = {each.name: record[JSON_NAMES.get(each.name, each.name)] for each in fields(cls)}
        numbers["calibration"] = Calibration.from_json(record["calibration"])
        numbers["scores"] = tuple(ClassScore(**score) for score in record["classes"])
        numbers["macro"] = ClassScore("mean of the classes", **record["macro"])
        numbers["confusion"] = np.array(record["confusion"], dtype=np.int64)
        return cls(**numbers)


@dataclass(frozen=True, eq=False)
class Evaluation(Scores):
    """The scores of a network with its predictions.

    Attributes:
        predictions: The predictions.
        probabilities: Softmax of the logits, float64 (N, classes).
    """

    predictions: Predictions
    probabilities: np.ndarray

    @property
    def confidence(self) -> np.ndarray:
        """The probability of the predicted class, float64 (N,)."""
        largest: np.ndarray = self.probabilities.max(axis=1)
        return largest

    @property
    def mistakes(self) -> np.ndarray:
        """Positions of misclassified images, the most confident first."""
        return self._by_confidence(~self.predictions.correct)

    def cell(self, label: int, predicted: int) -> np.ndarray:
        """Positions of images of a class predicted as another, the most confident first."""
        is_true = self.predictions.labels == label
        return self._by_confidence(is_true & (self.predictions.predicted == predicted))

    def _by_confidence(self, chosen: np.ndarray) -> np.ndarray:
        positions = np.flatnonzero(chosen)
        ordered: np.ndarray = positions[np.argsort(-self.confidence[positions], kind="stable")]
        return ordered

    def to_json(self) -> dict[str, Any]:
        """All numbers and the most confident mistakes as JSON."""
        confidence = self.confidence
        mistakes = [
            {
                "position": position,
                "class": self.classes[self.predictions.labels[position]],
                "predicted": self.classes[self.predictions.predicted[position]],
                "probability": float(confidence[position]),
            }
            for position in self.mistakes[:MAX_MISTAKES].tolist()
        ]
        measured = {
            "device": self.predictions.device,
            "seconds": self.predictions.seconds,
            "repeated": self.predictions.repeated,
        }
        return {**super().to_json(), **measured, "mistakes": mistakes}


def evaluation(predictions: Predictions, classes: tuple[str, ...], title: str) -> Evaluation:
    """Score predictions.

    Args:
        predictions: Of the images of a test split.
        classes: Class names by label.
        title: Title of the data, with remarks.
    """
    from scipy.special import log_softmax
    from sklearn.metrics import confusion_matrix, top_k_accuracy_score

    true, labels = predictions.labels, np.arange(len(classes))
    log_probabilities = log_softmax(predictions.logits.astype(np.float64), axis=1)
    probabilities = np.exp(log_probabilities)
    confusion = confusion_matrix(true, predictions.predicted, labels=labels)
    scores = _class_scores(predictions, confusion, classes)
    top5 = None
    if len(classes) > 5:
        top5 = float(top_k_accuracy_score(true, predictions.logits, k=5, labels=labels))
    means = {
        name: float(np.mean([getattr(score, name) for score in scores]))
        for name in ("accuracy", "precision", "recall", "f1")
    }
    return Evaluation(
        title=title,
        pictures=len(predictions),
        accuracy=float(predictions.correct.mean()),
        baseline_accuracy=float(confusion.sum(axis=1).max() / len(predictions)),
        top5=top5,
        loss=float(-log_probabilities[np.arange(len(true)), true].mean()),
        baseline_loss=float(np.log(len(classes))),
        calibration=calibration(probabilities.max(axis=1), predictions.correct),
        scores=scores,
        macro=ClassScore("mean of the classes", len(predictions), **means),
        confusion=confusion,
        predictions=predictions,
        probabilities=probabilities,
    )


def _class_scores(
    predictions: Predictions, confusion: np.ndarray, classes: tuple[str, ...]
) -> tuple[ClassScore, ...]:
    from sklearn.metrics import precision_recall_fscore_support

    precision, recall, f1, support = precision_recall_fscore_support(
        predictions.labels,
        predictions.predicted,
        labels=np.arange(len(classes)),
        zero_division=0,
    )
    # Correct: images of the class predicted as such, and other images predicted as others.
    wrong = confusion.sum(axis=0) + confusion.sum(axis=1)
    accuracy = 1 - (wrong - 2 * confusion.diagonal()) / len(predictions)
    columns = (support, accuracy, precision, recall, f1)
    return tuple(
        ClassScore(name, int(count), *(float(value) for value in values))
        for name, count, *values in zip(classes, *columns, strict=True)
    )
